-- name: known_emotes(keys)
-- Ids of emotes that have one, and were used on their day or later. `keys`: JSON array of provider, provider_id, name.
SELECT e.provider, e.provider_id, e.name, e.emote_id
FROM jsonb_to_recordset(:keys::jsonb) AS k(provider text, provider_id text, name text, used_on date)
JOIN emotes AS e USING (provider, provider_id, name)
WHERE e.used_on >= k.used_on;

-- name: name_emotes(keys)
-- Give ids to new emotes. Whoever is used again is locked, so that the retention does not forget it just now.
INSERT INTO emotes (provider, provider_id, name, used_on)
SELECT provider, provider_id, name, max(used_on)
FROM jsonb_to_recordset(:keys::jsonb) AS k(provider text, provider_id text, name text, used_on date)
GROUP BY provider, provider_id, name
ORDER BY provider, provider_id, name
ON CONFLICT (provider, provider_id, name) DO UPDATE SET used_on = greatest(emotes.used_on, excluded.used_on)
RETURNING provider, provider_id, name, emote_id;

-- name: write_emote_minutes(rows)!
-- A closed minute is final but for another closed one; of open ones the one with more uses is the later.
INSERT INTO emote_minutes (channel_id, minute_at, is_closed, uses, packed)
SELECT r.channel_id, to_timestamp(r.minute_at / 1000.0), r.is_closed, r.uses, decode(r.packed, 'base64')
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    channel_id text, minute_at bigint, is_closed boolean, uses integer, packed text
)
WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY r.channel_id, r.minute_at
ON CONFLICT (channel_id, minute_at) DO UPDATE SET
    is_closed = excluded.is_closed, uses = excluded.uses, packed = excluded.packed
WHERE (excluded.is_closed OR NOT emote_minutes.is_closed AND excluded.uses >= emote_minutes.uses)
    AND (excluded.is_closed, excluded.packed) IS DISTINCT FROM (emote_minutes.is_closed, emote_minutes.packed);

-- name: make_emote_partitions(day)$
SELECT make_emote_partitions(:day::date);

-- name: drop_emote_partitions(day)$
SELECT drop_emote_partitions(:day::date);

-- name: trim_emote_minutes(day)$
SELECT trim_emote_minutes(:day::date);

-- name: emote_partition_names()
SELECT child.relname AS name
FROM pg_inherits
JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent IN ('emote_minutes'::regclass, 'emote_days'::regclass)
ORDER BY child.relname;

-- name: channels_to_roll_up(day)
-- Channels with minutes of a day. It jumps along the index: most entries are of a channel that is known already.
WITH RECURSIVE found AS (
    (
        SELECT channel_id FROM emote_minutes
        WHERE minute_at >= :day::date::timestamp AT TIME ZONE 'UTC'
            AND minute_at < (:day::date + 1)::timestamp AT TIME ZONE 'UTC'
        ORDER BY channel_id LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT m.channel_id FROM emote_minutes AS m
        WHERE m.channel_id > found.channel_id
            AND m.minute_at >= :day::date::timestamp AT TIME ZONE 'UTC'
            AND m.minute_at < (:day::date + 1)::timestamp AT TIME ZONE 'UTC'
        ORDER BY m.channel_id LIMIT 1
    )
    FROM found WHERE found.channel_id IS NOT NULL
)
SELECT channel_id FROM found WHERE channel_id IS NOT NULL;

-- name: take_minutes(channel_id, day, is_long_over)
-- What is merged is gone: in one transaction, so nobody sees it twice or not at all. A minute that nobody closed waits
-- until the day is long over.
DELETE FROM emote_minutes
WHERE channel_id = :channel_id
    AND minute_at >= :day::date::timestamp AT TIME ZONE 'UTC'
    AND minute_at < (:day::date + 1)::timestamp AT TIME ZONE 'UTC'
    AND (is_closed OR :is_long_over)
RETURNING minute_at, is_closed, packed;

-- name: lock_rollup(channel_id, day)
-- Two recorders never merge the same day at once. No row for a channel that has opted out.
INSERT INTO emote_rollups (channel_id, day, closed, sums)
SELECT :channel_id, :day::date, decode(repeat('00', 180), 'hex'), decode('00000000', 'hex')
WHERE :channel_id NOT IN (SELECT channel_id FROM opted_out)
ON CONFLICT (channel_id, day) DO UPDATE SET closed = emote_rollups.closed
RETURNING closed;

-- name: slots_of_day(channel_id, day)
SELECT slot, packed FROM emote_days WHERE channel_id = :channel_id AND day = :day;

-- name: write_slots(channel_id, day, slots, packed)!
INSERT INTO emote_days (channel_id, day, slot, packed)
SELECT :channel_id, :day::date, r.* FROM unnest(:slots::integer[], :packed::bytea[]) AS r
ON CONFLICT (channel_id, slot, day) DO UPDATE SET packed = excluded.packed;

-- name: delete_slots(channel_id, day, slots)!
DELETE FROM emote_days WHERE channel_id = :channel_id AND day = :day AND slot = ANY(:slots);

-- name: note_rollup(channel_id, day, closed, sums)!
UPDATE emote_rollups SET closed = :closed, sums = :sums WHERE channel_id = :channel_id AND day = :day;

-- name: note_used(day, ids)!
UPDATE emotes SET used_on = :day WHERE emote_id = ANY(:ids) AND used_on < :day;

-- name: delete_old_rollups(oldest)!
DELETE FROM emote_rollups WHERE day < :oldest::date;

-- name: delete_old_emotes(oldest)!
DELETE FROM emotes WHERE used_on < :oldest::date;
