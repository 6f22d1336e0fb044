-- A second of progress is told when every parallel detector has passed it: event time arrives after their records.
INSERT INTO `{topic}`
SELECT MAX(`key`), MAX(`value`)
FROM TABLE(TUMBLE(TABLE emissions, DESCRIPTOR(ts), INTERVAL '1' SECOND))
WHERE topic = '{topic}'
GROUP BY window_start, window_end
