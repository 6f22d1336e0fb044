-- What is suggested while somebody types.

-- name: suggest_streamers(prefix, most)
-- Names are public; who follows whom is not.
SELECT login, max(display_name) AS display_name FROM (
    SELECT login, display_name FROM discord_streamers
    WHERE login LIKE :prefix OR lower(display_name) LIKE :prefix
    UNION ALL
    SELECT login, display_name FROM channels WHERE login LIKE :prefix OR lower(display_name) LIKE :prefix
) AS known
GROUP BY login
ORDER BY length(login), login
LIMIT :most;

-- name: suggest_follows(guild_id, prefix, most)
SELECT t.channel_id, t.login, t.display_name
FROM discord_follows AS f
JOIN discord_streamers AS t ON t.channel_id = f.channel_id
WHERE f.guild_id = :guild_id AND (t.login LIKE :prefix OR lower(t.display_name) LIKE :prefix)
ORDER BY lower(t.display_name)
LIMIT :most;

-- name: suggest_games(prefix, most)
SELECT game_name FROM discord_streams
WHERE game_name <> '' AND lower(game_name) LIKE :prefix AND seen_at > now() - interval '7 days'
GROUP BY game_name
ORDER BY count(*) DESC, game_name
LIMIT :most;
