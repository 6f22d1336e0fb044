-- Whom servers follow.

-- name: keep_streamers(rows)
INSERT INTO discord_streamers AS known (channel_id, login, display_name, picture_url)
SELECT r.channel_id, r.login, r.display_name, r.picture_url
FROM jsonb_to_recordset(:rows::jsonb) AS r(channel_id text, login text, display_name text, picture_url text)
WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
ON CONFLICT (channel_id) DO UPDATE SET
    login = excluded.login, display_name = excluded.display_name, picture_url = excluded.picture_url,
    asked_at = now(), missing_since = NULL
RETURNING channel_id;

-- name: follow(guild_id, channel_ids, changes)
-- What `changes` does not name stays, for who is followed already. Returns whom it is new for.
INSERT INTO discord_follows AS known (guild_id, channel_id, text_channel_id, role_id, template, games)
SELECT :guild_id, s.channel_id, r.text_channel_id, r.role_id, coalesce(r.template, ''), coalesce(r.games, '{}')
FROM discord_streamers AS s
CROSS JOIN jsonb_populate_record(NULL::discord_follows, :changes::jsonb) AS r
WHERE s.channel_id = ANY(:channel_ids::text[])
ON CONFLICT (guild_id, channel_id) DO UPDATE SET
    text_channel_id = CASE WHEN :changes::jsonb ? 'text_channel_id' THEN excluded.text_channel_id
        ELSE known.text_channel_id END,
    role_id = CASE WHEN :changes::jsonb ? 'role_id' THEN excluded.role_id ELSE known.role_id END,
    template = CASE WHEN :changes::jsonb ? 'template' THEN excluded.template ELSE known.template END,
    games = CASE WHEN :changes::jsonb ? 'games' THEN excluded.games ELSE known.games END
RETURNING channel_id, xmax = 0 AS is_new;

-- name: change_follow(guild_id, channel_id, changes)
UPDATE discord_follows AS f SET
    text_channel_id = r.text_channel_id, role_id = r.role_id, template = r.template, games = r.games
FROM (
    SELECT (jsonb_populate_record(known, :changes::jsonb)).*
    FROM discord_follows AS known
    WHERE known.guild_id = :guild_id AND known.channel_id = :channel_id
    FOR UPDATE
) AS r
WHERE f.guild_id = :guild_id AND f.channel_id = :channel_id
RETURNING f.channel_id;

-- name: unfollow(guild_id, channel_ids)
DELETE FROM discord_follows WHERE guild_id = :guild_id AND channel_id = ANY(:channel_ids::text[]) RETURNING channel_id;

-- name: follows(guild_id)
-- Those who are live first, then by name.
SELECT
    f.channel_id, f.text_channel_id, f.role_id, f.template, f.games,
    t.login, t.display_name, t.picture_url, t.missing_since IS NOT NULL AS is_missing,
    s.stream_id, s.title, s.game_name, s.started_at, s.viewers_now,
    p.reason AS paused
FROM discord_follows AS f
JOIN discord_guilds AS g ON g.guild_id = f.guild_id
JOIN discord_streamers AS t ON t.channel_id = f.channel_id
LEFT JOIN LATERAL (
    SELECT * FROM discord_streams
    WHERE discord_streams.channel_id = f.channel_id AND ended_at IS NULL
    ORDER BY started_at DESC
    LIMIT 1
) AS s ON true
LEFT JOIN discord_pauses AS p
    ON p.guild_id = f.guild_id AND p.text_channel_id = coalesce(f.text_channel_id, g.text_channel_id)
WHERE f.guild_id = :guild_id
ORDER BY s.stream_id IS NULL, lower(t.display_name), f.channel_id;

-- name: opted_out_among(channel_ids)
SELECT channel_id FROM opted_out WHERE channel_id = ANY(:channel_ids::text[]);
