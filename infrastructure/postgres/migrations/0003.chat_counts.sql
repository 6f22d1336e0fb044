-- Per-second counts, a row a channel and minute, partitioned by day so that retention drops a table.
-- The recorder makes the partitions ahead and drops the old ones.
-- depends: 0002.moments

CREATE TABLE chat_counts (
    channel_id text NOT NULL,
    minute_at  timestamptz NOT NULL,
    messages   smallint[] NOT NULL,
    chatters   smallint[] NOT NULL,
    PRIMARY KEY (channel_id, minute_at)
) PARTITION BY RANGE (minute_at);
