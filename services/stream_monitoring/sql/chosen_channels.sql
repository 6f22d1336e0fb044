-- What the chooser alone may do; the other instances only read its list.

-- name: delete_unwatched_channels(channel_ids)!
-- Delete channels that are not on the list any more.
DELETE FROM watched_channels WHERE channel_id <> ALL (:channel_ids);

-- name: write_watched_channels(rows)!
-- The chooser's list; a channel that stays keeps the time it was chosen at.
INSERT INTO watched_channels (channel_id, login, reason, chosen_at)
SELECT r.channel_id, r.login, r.reason, now()
FROM jsonb_to_recordset(:rows::jsonb) AS r(channel_id text, login text, reason text)
ON CONFLICT (channel_id) DO UPDATE SET login = excluded.login, reason = excluded.reason
WHERE (watched_channels.login, watched_channels.reason) IS DISTINCT FROM (excluded.login, excluded.reason);
