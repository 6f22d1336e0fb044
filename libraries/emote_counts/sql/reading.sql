-- Questions about emotes; nothing of a channel that has opted out. A day is read from emote_days once it is in
-- emote_rollups, and from emote_minutes before.

-- name: minutes_between(channel_id, from_at, until_at)
SELECT m.minute_at, m.packed FROM emote_minutes AS m
LEFT JOIN emote_rollups AS r ON r.channel_id = m.channel_id AND r.day = (m.minute_at AT TIME ZONE 'UTC')::date
WHERE m.channel_id = :channel_id AND m.minute_at >= :from_at AND m.minute_at < :until_at AND r.day IS NULL
    AND m.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY m.minute_at;

-- name: sums_of_days(channel_id, from_day, until_day)
SELECT day, sums FROM emote_rollups
WHERE channel_id = :channel_id AND day >= :from_day AND day < :until_day
    AND channel_id NOT IN (SELECT channel_id FROM opted_out);

-- name: slots_between(channel_id, slots, from_day, until_day)
SELECT day, slot, packed FROM emote_days
WHERE channel_id = :channel_id AND slot = ANY(:slots) AND day >= :from_day AND day < :until_day
    AND channel_id NOT IN (SELECT channel_id FROM opted_out);

-- name: emotes_by_id(ids)
SELECT emote_id, provider, provider_id, name FROM emotes WHERE emote_id = ANY(:ids);

-- name: ids_of_kind(ids, providers, name_part)
SELECT emote_id FROM emotes
WHERE emote_id = ANY(:ids) AND (:providers::text[] IS NULL OR provider = ANY(:providers::text[]))
    AND position(lower(:name_part::text) IN lower(name)) > 0;

-- name: ids_of_emote(provider, provider_id)
-- All names under which it was used.
SELECT emote_id FROM emotes WHERE provider = :provider AND provider_id = :provider_id ORDER BY emote_id;

-- name: coverage_between(channel_id, from_at, until_at)
-- The events in this time, and the last one before it, which says whether the channel was read when it began. A gap
-- that began a day earlier is known by that one too.
SELECT event, from_at, until_at FROM coverage
WHERE channel_id = :channel_id AND from_at < :until_at AND from_at >= :from_at::timestamptz - interval '1 day'
UNION ALL
(
    SELECT event, from_at, until_at FROM coverage
    WHERE channel_id = :channel_id AND event <> 'gap' AND from_at < :from_at::timestamptz - interval '1 day'
    ORDER BY from_at DESC LIMIT 1
);

-- name: streams_between(channel_id, from_at, until_at)
-- A stream whose end nobody saw ends where the next one begins.
SELECT started_at, least(ended_at, lead(started_at) OVER (ORDER BY started_at)) AS ended_at FROM streams
WHERE channel_id = :channel_id AND started_at < :until_at
    AND started_at >= coalesce(
        (SELECT max(started_at) FROM streams WHERE channel_id = :channel_id AND started_at <= :from_at), '-infinity'
    );
