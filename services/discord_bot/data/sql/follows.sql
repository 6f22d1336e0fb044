-- Whom servers follow.

-- name: followed_channels()
-- Whom to poll: those that a server follows which the bot is in, and that have not opted out.
SELECT DISTINCT f.channel_id
FROM discord_follows AS f
JOIN discord_guilds AS g ON g.guild_id = f.guild_id
WHERE g.left_at IS NULL AND f.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY f.channel_id;

-- name: streamers_to_ask(seconds, most)
-- Names and pictures change: everyone is asked for again after so long, the oldest first.
SELECT channel_id FROM discord_streamers
WHERE asked_at < now() - make_interval(secs => :seconds::double precision)
ORDER BY asked_at
LIMIT :most;

-- name: rename(rows)
-- Who is live has a name in each poll: a link with the old one would lead nowhere.
UPDATE discord_streamers AS known SET login = r.login, display_name = coalesce(nullif(r.display_name, ''), r.login)
FROM jsonb_to_recordset(:rows::jsonb) AS r(channel_id text, login text, display_name text)
WHERE known.channel_id = r.channel_id AND known.login <> r.login
RETURNING known.channel_id;

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
