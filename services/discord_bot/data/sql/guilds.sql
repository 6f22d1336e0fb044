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

-- name: guild(guild_id)
SELECT * FROM discord_guilds WHERE guild_id = :guild_id;

-- name: change_guild(guild_id, changes)
-- Only what `changes` names, so that a command and the web page never undo each other.
UPDATE discord_guilds AS g SET
    language = r.language, text_channel_id = r.text_channel_id, role_id = r.role_id, template = r.template,
    at_end = r.at_end, moments_on = r.moments_on, moments_channel_id = r.moments_channel_id,
    moments_early = r.moments_early, moments_least_seconds = r.moments_least_seconds,
    moments_moods = r.moments_moods, moments_games = r.moments_games, moments_per_hour = r.moments_per_hour,
    digest = r.digest
FROM (
    SELECT (jsonb_populate_record(known, :changes::jsonb)).*
    FROM discord_guilds AS known
    WHERE known.guild_id = :guild_id
    FOR UPDATE
) AS r
WHERE g.guild_id = :guild_id
RETURNING g.*;

-- name: pauses(guild_id)
SELECT text_channel_id, reason, since FROM discord_pauses WHERE guild_id = :guild_id ORDER BY since;

-- name: pause(guild_id, text_channel_id, reason)
INSERT INTO discord_pauses (guild_id, text_channel_id, reason)
SELECT guild_id, :text_channel_id, :reason FROM discord_guilds WHERE guild_id = :guild_id
ON CONFLICT (guild_id, text_channel_id) DO UPDATE SET reason = excluded.reason
RETURNING guild_id;

-- name: resume(guild_id, text_channel_id)
-- Null: every text channel of the server.
DELETE FROM discord_pauses
WHERE guild_id = :guild_id AND text_channel_id = coalesce(:text_channel_id::bigint, text_channel_id)
RETURNING text_channel_id;

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
