-- name: fill_watched(channels)!
INSERT INTO watched_channels (channel_id, login, reason, chosen_at)
SELECT (10000000 + place)::text, 'channel_' || place, 'top', now() FROM generate_series(1, :channels::integer) AS place;

-- name: fill_streams(channels, streams)!
-- One a day of six hours; every second channel is live.
INSERT INTO streams (stream_id, channel_id, started_at, ended_at, title, game_name, language, updated_at)
SELECT
    place || '-' || day, (10000000 + place)::text, now() - make_interval(days => day, hours => 3),
    CASE WHEN day > 0 OR place %% 2 = 0 THEN now() - make_interval(days => day) + interval '3 hours' END,
    'A title of stream ' || day, 'Game ' || place %% 40, 'en', now()
FROM generate_series(1, :channels::integer) AS place, generate_series(0, :streams::integer - 1) AS day;

-- name: fill_coverage(channels)!
-- Joined a month ago; a short gap every six hours.
INSERT INTO coverage (channel_id, event, from_at, until_at)
SELECT (10000000 + place)::text, 'joined', now() - interval '31 days', NULL
FROM generate_series(1, :channels::integer) AS place
UNION ALL
SELECT (10000000 + place)::text, 'gap', at, at + interval '20 s'
FROM generate_series(1, :channels::integer) AS place,
    generate_series(now() - interval '10 days', now(), interval '6 hours') AS at;

-- name: fill_counts(channels, minutes)!
-- Every minute of these channels, up to the present one.
INSERT INTO chat_counts (channel_id, minute_at, messages, chatters)
SELECT (10000000 + place)::text, minute_at, people, people
FROM generate_series(
    date_trunc('minute', now()) - make_interval(mins => :minutes::integer), date_trunc('minute', now()), interval '1 min'
) AS minute_at
CROSS JOIN generate_series(1, :channels::integer) AS place
CROSS JOIN (SELECT array_agg((20 * random())::smallint) AS people FROM generate_series(1, 60)) AS drawn;

-- name: fill_grades()!
UPDATE moments SET grade = get_byte(decode(moment_id, 'hex'), 2) %% 24;
