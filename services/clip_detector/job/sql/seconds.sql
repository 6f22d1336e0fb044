-- One row per channel and second, keyed by bucket; and one per late record, which windows no longer accept.
SELECT
    CASE
        WHEN channel_id = '' THEN ''
        ELSE CAST(MOD(ABS(COALESCE(TRY_CAST(channel_id AS BIGINT), 0)), {buckets}) AS STRING)
    END,
    ROW(
        channel_id,
        TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', window_start),
        COUNT(*) FILTER (WHERE is_message),
        COUNT(DISTINCT chatter),
        {pieces},
        LISTAGG(channel_event, {separator}),
        0)
FROM TABLE(TUMBLE(TABLE records, DESCRIPTOR(ts), INTERVAL '1' SECOND))
GROUP BY channel_id, window_start, window_end
UNION ALL
SELECT
    '',
    ROW('', 0, CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(NULL AS STRING), CAST(NULL AS STRING), 1)
FROM chat
WHERE kind <> 'tick' AND ts <= CURRENT_WATERMARK(ts)
