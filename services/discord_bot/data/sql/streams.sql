-- What followed channels broadcast.

-- name: newest_streams(channel_ids)
SELECT DISTINCT ON (channel_id)
    stream_id, channel_id, started_at, title, game_name, thumbnail_url, revision, seen_at, missing_since, ended_at,
    viewers_now, viewers_peak, viewers_sum, polls
FROM discord_streams
WHERE channel_id = ANY(:channel_ids::text[])
ORDER BY channel_id, started_at DESC;

-- name: write_streams(rows)
INSERT INTO discord_streams (
    stream_id, channel_id, started_at, title, game_name, thumbnail_url, revision, seen_at, missing_since, ended_at,
    viewers_now, viewers_peak, viewers_sum, polls
)
SELECT
    r.stream_id, r.channel_id, r.started_at, r.title, r.game_name, r.thumbnail_url, r.revision, r.seen_at,
    r.missing_since, r.ended_at, r.viewers_now, r.viewers_peak, r.viewers_sum, r.polls
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    stream_id text, channel_id text, started_at timestamptz, title text, game_name text, thumbnail_url text,
    revision integer, seen_at timestamptz, missing_since timestamptz, ended_at timestamptz, viewers_now integer,
    viewers_peak integer, viewers_sum bigint, polls integer
)
ON CONFLICT (stream_id) DO UPDATE SET
    title = excluded.title, game_name = excluded.game_name, thumbnail_url = excluded.thumbnail_url,
    revision = excluded.revision, seen_at = excluded.seen_at, missing_since = excluded.missing_since,
    ended_at = excluded.ended_at, viewers_now = excluded.viewers_now, viewers_peak = excluded.viewers_peak,
    viewers_sum = excluded.viewers_sum, polls = excluded.polls
WHERE excluded.revision >= discord_streams.revision
RETURNING stream_id;

-- name: sample_viewers(rows, every_seconds, most)
-- One number for each stretch of time, so that a row has an end however long the stream is.
INSERT INTO discord_viewers AS known (stream_id, viewers, sampled_at)
SELECT r.stream_id, ARRAY[r.viewers_now], now()
FROM jsonb_to_recordset(:rows::jsonb) AS r(stream_id text, viewers_now integer)
JOIN discord_streams AS s ON s.stream_id = r.stream_id
LEFT JOIN discord_viewers AS v ON v.stream_id = r.stream_id
WHERE v.stream_id IS NULL
    OR v.sampled_at <= now() - make_interval(secs => :every_seconds::double precision)
    AND cardinality(v.viewers) < :most
ON CONFLICT (stream_id) DO UPDATE SET viewers = known.viewers || excluded.viewers, sampled_at = excluded.sampled_at
RETURNING stream_id;

-- name: recordings_to_ask(after_seconds, most_times, most)
-- Ended streams whose notice is still open: asked for soon, and once more later.
SELECT DISTINCT s.stream_id, s.channel_id, s.vod_asked
FROM discord_streams AS s
JOIN discord_messages AS m ON m.kind = 'live' AND m.subject = s.stream_id AND m.state = 'sent' AND NOT m.is_final
WHERE s.ended_at IS NOT NULL AND s.vod_url = '' AND s.vod_asked < :most_times
    AND coalesce(s.vod_asked_at, '-infinity')
        < now() - make_interval(secs => :after_seconds::double precision * s.vod_asked)
LIMIT :most;

-- name: note_recording(stream_id, vod_url)
-- Whether it was found or not, the notice has something new to say: that nothing more will come.
UPDATE discord_streams SET
    vod_url = :vod_url, vod_asked = vod_asked + 1, vod_asked_at = now(),
    revision = revision + (:vod_url <> '')::integer
WHERE stream_id = :stream_id
RETURNING stream_id;

-- name: forget_streams(days)
DELETE FROM discord_streams WHERE ended_at < now() - make_interval(days => :days) RETURNING stream_id;

-- name: forget_streams_opted_out()
DELETE FROM discord_streams WHERE channel_id IN (SELECT channel_id FROM opted_out) RETURNING stream_id;

-- name: last_streams(channel_id, most)
SELECT
    s.stream_id, s.started_at, s.ended_at, s.seen_at, s.title, s.game_name, s.viewers_peak, s.viewers_sum, s.polls,
    s.vod_url, (
        SELECT count(*) FROM visible_moments AS m
        WHERE m.channel_id = s.channel_id
            AND m.crossed_at BETWEEN s.started_at AND coalesce(s.ended_at, s.seen_at)
    ) AS moments
FROM discord_streams AS s
WHERE s.channel_id = :channel_id
ORDER BY s.started_at DESC
LIMIT :most;

-- name: night_of_stream(channel_id, stream_id, from_at, until_at, most)
-- How often chat erupted in a stream that has a recap on the site, and its best moments. No row without a recap.
WITH found AS (
    SELECT m.moment_id, m.grade, m.crossed_at, (m.document -> 'evidence' ->> 'window_chatters')::numeric AS people
    FROM visible_moments AS m
    WHERE m.channel_id = :channel_id AND m.crossed_at >= :from_at AND m.crossed_at <= :until_at
)
SELECT
    (SELECT count(*)::integer FROM found) AS moments,
    ARRAY(
        SELECT moment_id FROM found ORDER BY grade DESC, people DESC, crossed_at DESC, moment_id DESC LIMIT :most
    ) AS best
WHERE EXISTS (SELECT FROM streams WHERE streams.stream_id = :stream_id)
    AND :channel_id::text NOT IN (SELECT channel_id FROM opted_out);
