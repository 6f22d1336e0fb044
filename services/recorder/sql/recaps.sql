-- What a stream's recap is made of. Of a channel that has opted out nothing is written.

-- name: write_stream_changes(rows)!
-- A row only where the title or the game is another than before; the same record twice is one row.
WITH came AS (
    SELECT DISTINCT ON (r.stream_id, r.sent_at)
        r.stream_id, r.channel_id, to_timestamp(r.sent_at / 1000.0) AS changed_at, r.title, r.game_name
    FROM jsonb_to_recordset(:rows::jsonb) AS r(
        stream_id text, channel_id text, sent_at bigint, title text, game_name text
    )
    WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
    ORDER BY r.stream_id, r.sent_at
), ordered AS (
    SELECT *, lag(title) OVER own AS title_before, lag(game_name) OVER own AS game_before, row_number() OVER own AS place
    FROM came WINDOW own AS (PARTITION BY stream_id ORDER BY changed_at)
)
INSERT INTO stream_changes (stream_id, channel_id, changed_at, title, game_name)
SELECT o.stream_id, o.channel_id, o.changed_at, o.title, o.game_name
FROM ordered AS o
LEFT JOIN LATERAL (
    SELECT known.title, known.game_name FROM stream_changes AS known
    WHERE known.stream_id = o.stream_id AND known.changed_at < o.changed_at
    ORDER BY known.changed_at DESC LIMIT 1
) AS before ON o.place = 1
WHERE (o.title, o.game_name) IS DISTINCT FROM (
    CASE WHEN o.place = 1 THEN before.title ELSE o.title_before END,
    CASE WHEN o.place = 1 THEN before.game_name ELSE o.game_before END
)
ORDER BY o.stream_id, o.changed_at
ON CONFLICT (stream_id, changed_at) DO NOTHING;

-- name: write_stream_viewers(rows)!
-- The greatest number of each five minutes, whatever the order of arrival.
INSERT INTO stream_viewers AS known (stream_id, channel_id, viewers)
SELECT r.stream_id, r.channel_id, r.viewers::integer[]
FROM jsonb_to_recordset(:rows::jsonb) AS r(stream_id text, channel_id text, viewers text)
WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY r.stream_id
ON CONFLICT (stream_id) DO UPDATE SET viewers = ARRAY(
    SELECT greatest(known.viewers[slot], excluded.viewers[slot])
    FROM generate_series(1, greatest(cardinality(known.viewers), cardinality(excluded.viewers))) AS slot
    ORDER BY slot
);

-- name: recaps_due(every_seconds, settling_seconds, most)
-- Streams with minutes that are counted and not rolled up, and those to be made anew: something came late, or the stream
-- has been over for so long that nothing more is on its way. A stream whose end nobody saw is over where the next one
-- begins, and after the 48 h that Twitch allows.
WITH counted AS (
    SELECT date_trunc('minute', event_at - interval '10 s') AS until_at FROM pipeline_progress WHERE stage = 'job'
), known AS (
    SELECT
        r.stream_id, r.channel_id, s.started_at, r.started_at AS rolled_from, r.counted_until, r.is_stale,
        counted.until_at, least(
            s.ended_at, s.started_at + interval '48 hours',
            (
                SELECT min(later.started_at) FROM streams AS later
                WHERE later.channel_id = s.channel_id AND later.started_at > s.started_at
            )
        ) AS over_at
    FROM stream_recaps AS r JOIN streams AS s ON s.stream_id = r.stream_id CROSS JOIN counted
    WHERE (r.is_open OR r.is_stale) AND r.channel_id NOT IN (SELECT channel_id FROM opted_out)
)
SELECT
    stream_id, channel_id, started_at, least(over_at, until_at) AS until_at,
    until_at >= over_at + make_interval(secs => :settling_seconds::double precision) AS is_settled,
    is_stale OR rolled_from <> started_at OR counted_until > over_at + interval '1 minute' AS is_wrong
FROM known
WHERE until_at > started_at AND (
    is_stale OR rolled_from <> started_at OR counted_until > over_at + interval '1 minute'
    OR until_at >= over_at + make_interval(secs => :settling_seconds::double precision)
    OR coalesce(counted_until, started_at)
        <= least(over_at, until_at) - make_interval(secs => :every_seconds::double precision)
    OR until_at >= over_at AND coalesce(counted_until, started_at) < over_at
)
ORDER BY started_at
LIMIT :most;

-- name: lock_recap(stream_id)
-- Whoever finds a late minute now waits, and looks again when this roll-up is written.
SELECT is_stale, hours::text, people, unread FROM stream_recaps WHERE stream_id = :stream_id FOR UPDATE;

-- name: minutes_of_stream(channel_id, from_at, until_at)
SELECT
    minute_at, (SELECT sum(each) FROM unnest(messages) AS each)::integer AS messages,
    (SELECT max(each) FROM unnest(chatters) AS each)::integer AS people
FROM chat_counts
WHERE channel_id = :channel_id AND minute_at >= :from_at AND minute_at < :until_at;

-- name: write_recap(stream_id, started_at, counted_until, is_open, kept, messages, people, unread, small, hours, emotes)!
-- The first `kept` minutes stay; what emotes are not known any more stay as they were.
UPDATE stream_recaps SET
    started_at = :started_at, counted_until = :counted_until, is_open = :is_open, is_stale = false,
    messages = messages[1:(:kept)::integer] || :messages::integer[],
    people = people[1:(:kept)::integer] || :people::smallint[],
    unread = unread[1:(:kept)::integer] || :unread::smallint[],
    small = :small::smallint[], hours = :hours::jsonb, emotes = CASE WHEN :emotes::jsonb = '[]' THEN emotes ELSE :emotes::jsonb END
WHERE stream_id = :stream_id;

-- name: delete_old_recaps(days)!
WITH old AS (
    DELETE FROM stream_recaps WHERE started_at < now() - make_interval(days => :days::integer) RETURNING stream_id
), old_changes AS (
    DELETE FROM stream_changes WHERE stream_id IN (SELECT stream_id FROM old)
)
DELETE FROM stream_viewers WHERE stream_id IN (SELECT stream_id FROM old);

-- name: erase_stream_recaps()!
DELETE FROM stream_recaps WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_stream_changes()!
DELETE FROM stream_changes WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_stream_viewers()!
DELETE FROM stream_viewers WHERE channel_id IN (SELECT channel_id FROM opted_out);
