-- Moments as the site shows them, and which servers want them.

-- name: moments_by_ids(ids)
SELECT
    m.moment_id, m.document::text AS document, m.crossed_at, m.game_name,
    coalesce(t.login, c.login) AS login, coalesce(t.display_name, c.display_name) AS display_name,
    k.status AS clip_status, coalesce(k.url, '') AS clip_url, coalesce(k.vod_url, '') AS vod_url
FROM visible_moments AS m
LEFT JOIN visible_clips AS k ON k.moment_id = m.moment_id
LEFT JOIN discord_streamers AS t ON t.channel_id = m.channel_id
LEFT JOIN channels AS c ON c.channel_id = m.channel_id
WHERE m.moment_id = ANY(:ids::text[]);

-- name: recent_moments(most)
-- The safety net under NOTIFY.
SELECT m.moment_id, concat_ws('.', m.revision_number, coalesce(k.revision_number, 0)) AS version
FROM (
    SELECT moment_id, revision_number FROM visible_moments ORDER BY crossed_at DESC, moment_id DESC LIMIT :most
) AS m
LEFT JOIN visible_clips AS k ON k.moment_id = m.moment_id;

-- name: guilds_for_moments(channel_ids)
SELECT f.channel_id, g.*
FROM discord_follows AS f
JOIN discord_guilds AS g ON g.guild_id = f.guild_id
LEFT JOIN discord_pauses AS p
    ON p.guild_id = g.guild_id AND p.text_channel_id = coalesce(g.moments_channel_id, g.text_channel_id)
WHERE f.channel_id = ANY(:channel_ids::text[]) AND g.left_at IS NULL AND g.moments_on
    AND coalesce(g.moments_channel_id, g.text_channel_id) IS NOT NULL AND p.text_channel_id IS NULL;

-- name: moment_posts(ids)
SELECT
    m.guild_id, m.subject, m.text_channel_id, m.nonce, m.state, m.message_id, m.shown_version, m.is_final,
    g.language, g.locale
FROM discord_messages AS m
JOIN discord_guilds AS g ON g.guild_id = m.guild_id
WHERE m.kind = 'moment' AND m.subject = ANY(:ids::text[]);

-- name: open_moment_posts()
SELECT DISTINCT m.subject
FROM discord_messages AS m
JOIN discord_guilds AS g ON g.guild_id = m.guild_id AND g.left_at IS NULL
WHERE m.kind = 'moment' AND m.state = 'sent' AND NOT m.is_final
    AND NOT EXISTS (
        SELECT FROM discord_pauses AS p WHERE p.guild_id = m.guild_id AND p.text_channel_id = m.text_channel_id
    );

-- name: recent_posts(guild_ids)
SELECT guild_id, intended_at FROM discord_messages
WHERE kind = 'moment' AND guild_id = ANY(:guild_ids::bigint[]) AND state IN ('intent', 'sent', 'unknown')
    AND intended_at > now() - interval '1 hour';

-- name: guilds_for_digest()
SELECT g.* FROM discord_guilds AS g
LEFT JOIN discord_pauses AS p
    ON p.guild_id = g.guild_id AND p.text_channel_id = coalesce(g.moments_channel_id, g.text_channel_id)
WHERE g.left_at IS NULL AND g.digest <> 'none' AND p.text_channel_id IS NULL
    AND coalesce(g.moments_channel_id, g.text_channel_id) IS NOT NULL;

-- name: best_moments(guild_id, from_at, until_at, most)
-- The best clips of whom the server follows, by the site's grade.
SELECT m.moment_id
FROM visible_moments AS m
JOIN visible_clips AS k ON k.moment_id = m.moment_id AND k.status = 'made'
JOIN discord_follows AS f ON f.guild_id = :guild_id AND f.channel_id = m.channel_id
WHERE m.crossed_at >= :from_at AND m.crossed_at < :until_at
ORDER BY m.grade DESC, m.crossed_at DESC
LIMIT :most;

-- name: best_clip(channel_id, from_at, until_at)
SELECT k.url
FROM visible_moments AS m
JOIN visible_clips AS k ON k.moment_id = m.moment_id AND k.status = 'made'
WHERE m.channel_id = :channel_id AND m.crossed_at BETWEEN :from_at AND :until_at AND k.url <> ''
ORDER BY m.grade DESC, m.crossed_at DESC
LIMIT 1;
