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
    text_channel_id = CASE
        WHEN :changes::jsonb ? 'text_channel_id' THEN excluded.text_channel_id ELSE known.text_channel_id
    END,
    role_id = CASE WHEN :changes::jsonb ? 'role_id' THEN excluded.role_id ELSE known.role_id END,
    template = CASE WHEN :changes::jsonb ? 'template' THEN excluded.template ELSE known.template END,
    games = CASE WHEN :changes::jsonb ? 'games' THEN excluded.games ELSE known.games END
RETURNING channel_id, xmax = 0 AS is_new;

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

-- name: followed_channels()
-- Whom to poll: those that a server follows which the bot is in, and that have not opted out.
SELECT DISTINCT f.channel_id
FROM discord_follows AS f
JOIN discord_guilds AS g ON g.guild_id = f.guild_id
WHERE g.left_at IS NULL AND f.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY f.channel_id;

-- name: opted_out_among(channel_ids)
SELECT channel_id FROM opted_out WHERE channel_id = ANY(:channel_ids::text[]);

-- name: streamers_to_ask(seconds, most)
-- Names and pictures change: everyone is asked for again after so long, the oldest first.
SELECT channel_id FROM discord_streamers
WHERE asked_at < now() - make_interval(secs => :seconds::double precision)
ORDER BY asked_at
LIMIT :most;

-- name: note_missing(channel_ids)
-- Twitch knows no such account now: banned, renamed for good, deleted, or a wrong answer.
UPDATE discord_streamers SET asked_at = now(), missing_since = coalesce(missing_since, now())
WHERE channel_id = ANY(:channel_ids::text[])
RETURNING channel_id;

-- name: forget_streamers(days)
-- Who was missing for so long, and whom nobody follows any more.
DELETE FROM discord_streamers AS t
WHERE t.missing_since < now() - make_interval(days => :days)
    OR (
        t.asked_at < now() - make_interval(days => 1)
        AND NOT EXISTS (SELECT FROM discord_follows AS f WHERE f.channel_id = t.channel_id)
        AND NOT EXISTS (SELECT FROM discord_streams AS s WHERE s.channel_id = t.channel_id)
    )
RETURNING t.channel_id;

-- name: forget_opted_out()
DELETE FROM discord_streamers WHERE channel_id IN (SELECT channel_id FROM opted_out) RETURNING channel_id;
