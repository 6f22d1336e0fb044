-- name: write_dead_letters(rows)!
INSERT INTO dead_letters (topic, partition_id, record_offset, place, reason, payload, met_at)
SELECT r.topic, r.partition_id, r.record_offset, r.place, r.reason, r.payload, to_timestamp(r.met_at / 1000.0)
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    topic text, partition_id integer, record_offset bigint, place text, reason text, payload text, met_at bigint
)
WHERE NOT EXISTS (SELECT FROM opted_out WHERE position('"' || opted_out.channel_id || '"' IN r.payload) > 0)
ORDER BY r.topic, r.partition_id, r.record_offset
ON CONFLICT (topic, partition_id, record_offset) DO NOTHING;

-- name: write_pipeline_progress(rows)!
-- Event time never goes back.
INSERT INTO pipeline_progress (stage, event_at, updated_at)
SELECT r.stage, to_timestamp(max(r.event_at) / 1000.0), now()
FROM jsonb_to_recordset(:rows::jsonb) AS r(stage text, event_at bigint)
GROUP BY r.stage
ORDER BY r.stage
ON CONFLICT (stage) DO UPDATE SET
    event_at = greatest(pipeline_progress.event_at, excluded.event_at), updated_at = excluded.updated_at;

-- name: delete_old_dead_letters(hours)!
DELETE FROM dead_letters WHERE met_at < now() - make_interval(hours => :hours::integer);

-- name: delete_old_notices(days, raid_days)!
-- Raids, which are few, stay as long as the recaps that show them.
DELETE FROM notices
WHERE sent_at < now() - make_interval(days => CASE
    WHEN notice_type = 'raid' THEN greatest(:days::integer, :raid_days::integer) ELSE :days::integer
END);

-- name: delete_old_channel_requests(days)!
DELETE FROM channel_requests WHERE asked_at < now() - make_interval(days => :days::integer);

-- name: forget_old_voices(days)$
-- What visitors said of moments; what it did to their grades goes with it.
SELECT forget_old_voices(:days::integer);

-- name: has_uptime()$
-- Whether there is that table: machine A may be a version behind.
SELECT coalesce(has_table_privilege(to_regclass('public.uptime'), 'DELETE'), false);

-- name: delete_old_uptime(days)!
-- Two days more than are shown, for every time zone; and what a clock noted that was far ahead, before it comes true.
DELETE FROM uptime
WHERE until_at < now() - make_interval(days => :days::integer + 2) OR from_at > now() + INTERVAL '1 day';

-- name: delete_old_coverage(days)!
-- The last event before the limit stays: it says whether the channel was read when the kept days began.
DELETE FROM coverage AS old
WHERE old.from_at < now() - make_interval(days => :days::integer)
    AND (
        (old.event = 'gap' AND old.until_at < now() - make_interval(days => :days::integer))
        OR (old.event <> 'gap' AND EXISTS (
            SELECT 1 FROM coverage AS later
            WHERE later.channel_id = old.channel_id
                AND later.event <> 'gap'
                AND later.from_at > old.from_at
                AND later.from_at < now() - make_interval(days => :days::integer)
        ))
    );
