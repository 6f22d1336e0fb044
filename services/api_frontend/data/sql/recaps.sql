-- What a stream's recap shows. Nothing of a channel that has opted out.

-- name: recap_row(channel_id, stream_id)
-- The stream, the one before and the one after it, what is rolled up, and up to when the job has counted. The end that
-- the Discord bot saw counts while the recorder has seen none.
SELECT
    s.stream_id, s.title, s.game_name, s.language, s.started_at, coalesce(s.ended_at, d.ended_at) AS ended_at,
    next.started_at AS next_at, next.stream_id AS next_id, previous.stream_id AS previous_id,
    coalesce(d.vod_url, '') AS vod_url, d.viewers_peak, d.viewers_sum / nullif(d.polls, 0) AS viewers_mean,
    p.viewers AS polled_viewers, v.viewers,
    r.started_at AS rolled_from, r.counted_until, r.is_stale, r.messages, r.people, r.unread,
    r.hours::text AS hours, r.emotes::text AS emotes, now() AS now,
    (
        SELECT date_trunc('minute', event_at - interval '10 s') FROM pipeline_progress WHERE stage = 'job'
    ) AS job_until
FROM streams AS s
LEFT JOIN stream_recaps AS r ON r.stream_id = s.stream_id
LEFT JOIN stream_viewers AS v ON v.stream_id = s.stream_id
LEFT JOIN discord_streams AS d ON d.stream_id = s.stream_id
LEFT JOIN discord_viewers AS p ON p.stream_id = s.stream_id
LEFT JOIN LATERAL (
    SELECT stream_id, started_at FROM streams
    WHERE channel_id = :channel_id AND started_at > s.started_at ORDER BY started_at LIMIT 1
) AS next ON true
LEFT JOIN LATERAL (
    SELECT stream_id FROM streams
    WHERE channel_id = :channel_id AND started_at < s.started_at ORDER BY started_at DESC LIMIT 1
) AS previous ON true
WHERE s.stream_id = :stream_id AND s.channel_id = :channel_id
    AND s.channel_id NOT IN (SELECT channel_id FROM opted_out);

-- name: recap_minutes(channel_id, from_at, until_at)
-- What is counted and not rolled up yet: of a live stream its last half hour.
SELECT
    minute_at, (SELECT sum(each) FROM unnest(messages) AS each)::integer AS messages,
    (SELECT max(each) FROM unnest(chatters) AS each)::integer AS people
FROM chat_counts
WHERE channel_id = :channel_id AND minute_at >= :from_at AND minute_at < :until_at;

-- name: recap_moments(channel_id, from_at, until_at, most)
-- The latest of the stream, without their documents.
SELECT m.moment_id, m.crossed_at, m.grade, m.mood, coalesce(m.people, 0) AS people, concat_ws('.', m.revision_number, c.revision_number, nullif(m.viewer_clips, 0)) AS version,
    CASE WHEN c.status = 'made' THEN coalesce(c.url, c.embed_url) END AS url
FROM (
    SELECT
        moment_id, crossed_at, grade, mood, revision_number, viewer_clips,
        (document -> 'evidence' ->> 'window_chatters')::numeric::integer AS people
    FROM visible_moments
    WHERE channel_id = :channel_id AND crossed_at >= :from_at AND crossed_at < :until_at
    ORDER BY crossed_at DESC, moment_id DESC LIMIT :most
) AS m
LEFT JOIN visible_clips AS c ON c.moment_id = m.moment_id
ORDER BY m.crossed_at, m.moment_id;

-- name: recap_events(channel_id, stream_id, from_at, until_at)
-- Titles and games by when they changed, and raids; `amount` is of a raid.
SELECT 'change' AS kind, changed_at AS at, title, game_name, NULL::integer AS amount
FROM stream_changes WHERE stream_id = :stream_id AND channel_id = :channel_id
UNION ALL
SELECT 'raid', sent_at, '', '', amount FROM notices
WHERE channel_id = :channel_id AND notice_type = 'raid' AND sent_at >= :from_at AND sent_at < :until_at
ORDER BY at;

-- name: stream_at(channel_id, at)
-- The stream that a moment of this time belongs to.
SELECT stream_id FROM streams
WHERE channel_id = :channel_id AND started_at <= :at AND coalesce(ended_at, 'infinity') >= :at
    AND channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY started_at DESC LIMIT 1;
