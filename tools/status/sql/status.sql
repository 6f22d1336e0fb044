-- name: stages()
-- Seconds: the age of each stage's event time, and the time since the stage last reported.
SELECT
    stage,
    greatest(0, extract(epoch FROM now() - event_at))::float8 AS behind,
    greatest(0, extract(epoch FROM now() - updated_at))::float8 AS silent
FROM pipeline_progress;

-- name: old_intents()$
SELECT count(*) FROM clips WHERE status = 'intent' AND decided_at < now() - interval '15 minutes';

-- name: dead_letters()$
SELECT count(*) FROM dead_letters WHERE met_at > now() - interval '1 day';

-- name: newest_dead_letters()
-- The reasons of the last 24 hours, the most frequent first. Payloads may hold chat and are not shown.
SELECT place, left(reason, 200) AS reason, count(*) AS count, to_char(max(met_at), 'HH24:MI:SS') AS last
FROM dead_letters
WHERE met_at > now() - interval '1 day'
GROUP BY 1, 2
ORDER BY 3 DESC
LIMIT 20;

-- name: channel_requests()
-- What visitors want to be watched, the most wanted first; without channels that have opted out.
SELECT name, requests, to_char(asked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS last, is_watched
FROM open_channel_requests
ORDER BY is_watched, requests DESC, asked_at DESC
LIMIT 200;
