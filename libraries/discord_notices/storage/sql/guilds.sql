-- Servers' settings.

-- name: guild(guild_id)
SELECT * FROM discord_guilds WHERE guild_id = :guild_id;

-- name: present_guilds(guild_ids)
SELECT guild_id, name FROM discord_guilds WHERE guild_id = ANY(:guild_ids::bigint[]) AND left_at IS NULL;

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

-- name: resume(guild_id, text_channel_id)
-- Null: every text channel of the server.
DELETE FROM discord_pauses
WHERE guild_id = :guild_id AND text_channel_id = coalesce(:text_channel_id::bigint, text_channel_id)
RETURNING text_channel_id;

-- name: places(guild_id)
SELECT text_channels, roles FROM discord_places WHERE guild_id = :guild_id;
