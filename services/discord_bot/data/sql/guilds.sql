-- Servers and their settings.

-- name: keep_guilds(rows)
-- The bot is in these servers: new ones begin with the defaults, those that it was removed from go on, and what was
-- paused there is tried again, since somebody has let it in anew.
WITH back AS (
    DELETE FROM discord_pauses AS p
    USING discord_guilds AS g, jsonb_to_recordset(:rows::jsonb) AS r(guild_id bigint)
    WHERE p.guild_id = g.guild_id AND g.guild_id = r.guild_id AND g.left_at IS NOT NULL
)
INSERT INTO discord_guilds (guild_id, name, locale)
SELECT r.guild_id, r.name, r.locale
FROM jsonb_to_recordset(:rows::jsonb) AS r(guild_id bigint, name text, locale text)
ON CONFLICT (guild_id) DO UPDATE SET name = excluded.name, locale = excluded.locale, left_at = NULL
WHERE (discord_guilds.name, discord_guilds.locale) <> (excluded.name, excluded.locale)
    OR discord_guilds.left_at IS NOT NULL
RETURNING guild_id;

-- name: leave_guild(guild_id)
-- Nothing is deleted at once: who kicks the bot and takes it back finds everything as it was.
UPDATE discord_guilds SET left_at = now() WHERE guild_id = :guild_id AND left_at IS NULL RETURNING guild_id;

-- name: leave_all_but(guild_ids)
UPDATE discord_guilds SET left_at = now()
WHERE left_at IS NULL AND NOT guild_id = ANY(:guild_ids::bigint[])
RETURNING guild_id;

-- name: pause(guild_id, text_channel_id, reason)
INSERT INTO discord_pauses (guild_id, text_channel_id, reason)
SELECT guild_id, :text_channel_id, :reason FROM discord_guilds WHERE guild_id = :guild_id
ON CONFLICT (guild_id, text_channel_id) DO UPDATE SET reason = excluded.reason
RETURNING guild_id;

-- name: forget_guilds(days)
DELETE FROM discord_guilds WHERE left_at < now() - make_interval(days => :days) RETURNING guild_id;

-- name: forget_paused_follows(days)
-- Nobody has repaired the text channel for so long: whom the server follows there is forgotten.
DELETE FROM discord_follows AS f
USING discord_pauses AS p, discord_guilds AS g
WHERE p.guild_id = f.guild_id AND g.guild_id = f.guild_id
    AND p.text_channel_id = coalesce(f.text_channel_id, g.text_channel_id)
    AND p.since < now() - make_interval(days => :days)
RETURNING f.guild_id;

-- name: keep_places(rows)
INSERT INTO discord_places AS known (guild_id, text_channels, roles)
SELECT r.guild_id, r.text_channels, r.roles
FROM jsonb_to_recordset(:rows::jsonb) AS r(guild_id bigint, text_channels jsonb, roles jsonb)
JOIN discord_guilds AS g ON g.guild_id = r.guild_id
ON CONFLICT (guild_id) DO UPDATE SET text_channels = excluded.text_channels, roles = excluded.roles
WHERE (known.text_channels, known.roles) <> (excluded.text_channels, excluded.roles)
RETURNING guild_id;
