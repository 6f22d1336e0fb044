-- name: pause_seconds()$
-- Seconds that alerts are still held back; never more than ten minutes, whatever was written.
SELECT least(coalesce(extract(epoch FROM max(until_at) - now()), 0), 600)::float8 FROM pauses;
