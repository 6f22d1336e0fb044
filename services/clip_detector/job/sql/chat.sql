-- The channels' logs. Only ticks advance event time: no record at or before a tick follows it in its partition.
CREATE TABLE chat (
    kind STRING,
    channel_id STRING,
    sent_at BIGINT,
    message_id STRING,
    chatter STRING,
    `text` STRING,
    emotes STRING,
    notice_type STRING,
    amount BIGINT,
    target_message_id STRING,
    target_chatter STRING,
    event STRING,
    stream_id STRING,
    stream_started_at BIGINT,
    gap_from_at BIGINT,
    gap_until_at BIGINT,
    emote_only BOOLEAN,
    subscribers_only BOOLEAN,
    slow_seconds BIGINT,
    followers_only_minutes BIGINT,
    unique_only BOOLEAN,
    ts AS TO_TIMESTAMP_LTZ(sent_at, 3),
    WATERMARK FOR ts AS CASE WHEN kind = 'tick' THEN ts END
) WITH (
    'connector' = 'kafka',
    'topic' = '{topic}',
    'properties.isolation.level' = 'read_committed',
    'properties.max.partition.fetch.bytes' = '131072', -- keeps partitions at the same event time in a catch-up
    'format' = 'json',
    'json.ignore-parse-errors' = 'true',
    {options}
)
