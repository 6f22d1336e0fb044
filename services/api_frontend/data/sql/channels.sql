-- name: channel_by_login(login)
-- A login may have moved to another channel: the newest owner counts.
SELECT channel_id, login, display_name FROM (
    SELECT channel_id, login, display_name, updated_at FROM channels WHERE login = :login
    UNION ALL
    SELECT channel_id, login, login, chosen_at FROM watched_channels WHERE login = :login
) known
ORDER BY updated_at DESC
LIMIT 1;
