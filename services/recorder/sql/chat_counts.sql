-- name: write_chat_counts(rows)!
-- The greatest count of each second wins, which is idempotent and independent of the order of arrival. A minute that a
-- recap has rolled up already makes it stale.
WITH written AS (
INSERT INTO chat_counts (channel_id, minute_at, messages, chatters)
SELECT r.channel_id, to_timestamp(r.minute_at / 1000.0), r.messages::smallint[], r.chatters::smallint[]
FROM jsonb_to_recordset(:rows::jsonb) AS r(channel_id text, minute_at bigint, messages text, chatters text)
WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY r.channel_id, r.minute_at
ON CONFLICT (channel_id, minute_at) DO UPDATE SET
    messages = ARRAY(
        SELECT greatest(s.old_count, s.new_count)
        FROM unnest(chat_counts.messages, excluded.messages) WITH ORDINALITY AS s(old_count, new_count, second)
        ORDER BY s.second
    ),
    chatters = ARRAY(
        SELECT greatest(s.old_count, s.new_count)
        FROM unnest(chat_counts.chatters, excluded.chatters) WITH ORDINALITY AS s(old_count, new_count, second)
        ORDER BY s.second
    )
WHERE (chat_counts.messages, chat_counts.chatters) IS DISTINCT FROM (excluded.messages, excluded.chatters)
RETURNING channel_id, minute_at
), late AS (
    SELECT r.stream_id FROM stream_recaps AS r
    WHERE NOT r.is_stale AND EXISTS (
        SELECT FROM written AS w
        WHERE w.channel_id = r.channel_id AND r.started_at < w.minute_at + interval '1 minute'
            AND r.counted_until > w.minute_at
    )
    ORDER BY r.stream_id FOR UPDATE
)
UPDATE stream_recaps SET is_stale = true WHERE stream_id IN (SELECT stream_id FROM late);

-- name: make_partition(day)$
-- As the owner, as is the next: the recorder itself may create and drop nothing.
SELECT make_chat_counts_partition(:day::date);

-- name: drop_partition(day)$
SELECT drop_chat_counts_partition(:day::date);

-- name: partition_names()
SELECT child.relname AS name
FROM pg_inherits
JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = 'chat_counts'::regclass
ORDER BY child.relname;
