-- Streams that a channel's own people want to be told of once they are over.

-- name: nights_to_tell(late_seconds)
-- Counted to their end, with the servers that were chosen before that; each server once. What is older nobody waits for.
SELECT DISTINCT r.stream_id, r.channel_id, n.guild_id, n.text_channel_id
FROM night_choices AS n
JOIN stream_recaps AS r ON r.channel_id = n.channel_id AND NOT r.is_open AND NOT r.is_stale
JOIN streams AS s ON s.stream_id = r.stream_id
JOIN discord_guilds AS g ON g.guild_id = n.guild_id AND g.left_at IS NULL
WHERE s.ended_at > now() - make_interval(secs => :late_seconds::double precision) AND s.ended_at > n.chosen_at
    AND r.channel_id NOT IN (SELECT channel_id FROM opted_out)
    AND NOT EXISTS (
        SELECT FROM discord_messages AS m
        WHERE m.guild_id = n.guild_id AND m.kind = 'night' AND m.subject = r.stream_id
    )
    AND NOT EXISTS (
        SELECT FROM discord_pauses AS p WHERE p.guild_id = n.guild_id AND p.text_channel_id = n.text_channel_id
    );

-- name: told_stream(stream_id, guild_id, text_channel_id)
-- With whose channel it is. `is_wanted`: somebody still wants it told there.
SELECT
    s.stream_id, s.channel_id, s.started_at, s.ended_at, s.title, s.game_name, c.login, c.display_name,
    EXISTS (
        SELECT FROM night_choices AS n
        WHERE n.channel_id = s.channel_id AND n.guild_id = :guild_id AND n.text_channel_id = :text_channel_id
    ) AS is_wanted
FROM streams AS s JOIN channels AS c ON c.channel_id = s.channel_id
WHERE s.stream_id = :stream_id AND s.ended_at IS NOT NULL;
