-- name: ages()
-- Seconds by the database's clock: since each stage last reported, and since the event time it has reached.
SELECT
    stage,
    extract(epoch FROM now() - updated_at)::float8 AS silent_seconds,
    extract(epoch FROM now() - event_at)::float8 AS behind_seconds
FROM pipeline_progress
WHERE stage IN ('recorder', 'job');

-- name: backups()
-- Seconds since the last good backup of each kind, null if there was none, and whether the last try failed.
SELECT kind, extract(epoch FROM now() - good_at)::float8 AS good_seconds, problem <> '' AS is_failing FROM backups;
