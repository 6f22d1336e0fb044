-- name: pause_seconds()$
-- Seconds that alerts are still held back; never more than ten minutes, whatever was written.
SELECT coalesce(least(extract(epoch FROM max(until_at) - now()), 600), 0)::float8 FROM pauses;
