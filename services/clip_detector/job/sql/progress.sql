-- Progress reports a second once every parallel detector has passed it: event time arrives after their records.
INSERT INTO `{topic}`
SELECT MAX(`key`), MAX(`value`)
FROM TABLE(TUMBLE(TABLE results, DESCRIPTOR(ts), INTERVAL '1' SECOND))
WHERE topic = '{topic}'
GROUP BY window_start, window_end
