-- name: fill_streams(channel_id, streams, minutes)!
-- Streams one after the other, each as long as `minutes`, the newest ended a day ago.
INSERT INTO streams (stream_id, channel_id, started_at, ended_at, title, game_name, language, updated_at)
SELECT
    's' || n, :channel_id, now() - make_interval(mins => :minutes::integer * (n + 1)),
    now() - make_interval(mins => :minutes::integer * n), 'stream ' || n, 'Chess', 'en', now()
FROM generate_series(1, :streams::integer) AS n;

-- name: fill_recaps(channel_id, minutes)!
INSERT INTO stream_recaps (
    stream_id, channel_id, started_at, counted_until, is_open, messages, people, unread, small, hours, emotes
)
SELECT
    s.stream_id, s.channel_id, s.started_at, s.ended_at, false, made.messages, made.people, made.unread, made.people[1 : 120],
    (
        SELECT jsonb_agg(jsonb_build_object(
            'emotes', jsonb_build_array(jsonb_build_array('7tv', 'id' || h, 'KEKW' || h, 900, 40)),
            'moods', jsonb_build_object('laughter', 0.6)
        )) FROM generate_series(1, 24) AS h
    ),
    (SELECT jsonb_agg(jsonb_build_array('7tv', 'id' || e, 'KEKW' || e, 900, 40)) FROM generate_series(1, 20) AS e)
FROM streams AS s
CROSS JOIN LATERAL (
    SELECT
        array_agg((random() * 400)::integer) AS messages, array_agg((random() * 60)::smallint) AS people,
        array_agg((CASE WHEN random() < 0.01 THEN 60 ELSE 0 END)::smallint) AS unread
    FROM generate_series(1, :minutes::integer) WHERE s.stream_id IS NOT NULL
) AS made
WHERE s.channel_id = :channel_id;

-- name: fill_around(channel_id)!
INSERT INTO stream_changes (stream_id, channel_id, changed_at, title, game_name)
SELECT s.stream_id, s.channel_id, s.started_at + make_interval(hours => h), 'title ' || h, 'Game ' || h
FROM streams AS s CROSS JOIN generate_series(0, 5) AS h
WHERE s.channel_id = :channel_id;
