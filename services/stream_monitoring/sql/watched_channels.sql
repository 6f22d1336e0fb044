-- name: read_watched_channels()
-- Read the list that every instance watches.
SELECT channel_id, login, reason FROM watched_channels ORDER BY channel_id;
