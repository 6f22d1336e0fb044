-- Every message: written before it is sent.

-- name: candidates(stream_ids)
-- Live streams with the servers that follow their channel, and what the ledger knows of the two: nobody has seen what
-- was refused, nor what came too late for a stream that is live once more.
SELECT
    f.guild_id, s.stream_id, s.channel_id, s.game_name, f.games,
    coalesce(f.text_channel_id, g.text_channel_id) AS text_channel_id,
    p.text_channel_id IS NOT NULL AS is_paused,
    s.ended_at IS NULL AND s.missing_since IS NULL AS is_live,
    CASE WHEN m.state = 'over' THEN 'refused' ELSE m.state END AS state
FROM discord_streams AS s
JOIN discord_follows AS f ON f.channel_id = s.channel_id
JOIN discord_guilds AS g ON g.guild_id = f.guild_id AND g.left_at IS NULL
LEFT JOIN discord_pauses AS p
    ON p.guild_id = f.guild_id AND p.text_channel_id = coalesce(f.text_channel_id, g.text_channel_id)
LEFT JOIN discord_messages AS m ON m.guild_id = f.guild_id AND m.kind = 'live' AND m.subject = s.stream_id
WHERE s.stream_id = ANY(:stream_ids::text[])
    AND s.channel_id NOT IN (SELECT channel_id FROM opted_out)
    AND (m.state IS NULL OR m.state = 'refused' OR m.state = 'over' AND m.reason = 'over');

-- name: write_intents(rows, holder)
-- Only the holder of the lease may mean to send; what nobody has seen may be meant once more. Nothing is meant that is
-- older than a restored backup: it may have been sent, and the ledger not know it. A digest is due at 09:00
-- (discord_bot/rules/digest.py). Returns what is new.
WITH restored AS (SELECT coalesce(max(restored_at), '-infinity') AS at FROM restores)
INSERT INTO discord_messages AS known (guild_id, kind, subject, channel_id, text_channel_id, nonce, state)
SELECT r.guild_id, r.kind, r.subject, r.channel_id, r.text_channel_id, r.nonce, 'intent'
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    guild_id bigint, kind text, subject text, channel_id text, text_channel_id bigint, nonce text
)
JOIN discord_guilds AS g ON g.guild_id = r.guild_id AND g.left_at IS NULL
WHERE EXISTS (SELECT FROM discord_lease AS l WHERE l.holder = :holder AND l.held_until > now())
    AND NOT EXISTS (
        SELECT FROM discord_streams AS s
        WHERE r.kind = 'live' AND s.stream_id = r.subject AND s.started_at <= (SELECT at FROM restored)
    )
    AND NOT EXISTS (
        SELECT FROM visible_moments AS m
        WHERE r.kind = 'moment' AND m.moment_id = r.subject AND m.crossed_at <= (SELECT at FROM restored)
    )
    AND NOT EXISTS (
        SELECT FROM streams AS e
        WHERE r.kind = 'night' AND e.stream_id = r.subject AND e.ended_at <= (SELECT at FROM restored)
    )
    AND CASE WHEN r.kind = 'digest' THEN
        (split_part(r.subject, ':', 2)::date + time '09:00') AT TIME ZONE 'UTC' > (SELECT at FROM restored)
    ELSE true END
ON CONFLICT (guild_id, kind, subject) DO UPDATE SET
    state = 'intent', text_channel_id = excluded.text_channel_id, nonce = excluded.nonce, reason = '',
    intended_at = now(), settled_at = NULL
WHERE known.state = 'refused' OR known.kind = 'live' AND known.state = 'over' AND known.reason = 'over'
RETURNING guild_id, kind, subject, text_channel_id, nonce, channel_id;

-- name: open_intents(older_seconds)
-- Nobody knows what became of these: the bot was killed, or Discord did not answer.
SELECT guild_id, kind, subject, text_channel_id, nonce, channel_id, intended_at
FROM discord_messages
WHERE state = 'intent' AND intended_at <= now() - make_interval(secs => :older_seconds::double precision)
ORDER BY intended_at;

-- name: settle(guild_id, kind, subject, state, reason, message_id, shown_version)
UPDATE discord_messages SET
    state = :state, reason = :reason, message_id = :message_id, shown_version = :shown_version, settled_at = now()
WHERE guild_id = :guild_id AND kind = :kind AND subject = :subject AND state = 'intent'
RETURNING guild_id;

-- name: notices(guild_ids, stream_ids)
-- Live notices that are to be sent; the two lists are pairs.
SELECT n.* FROM discord_notices AS n
JOIN unnest(:guild_ids::bigint[], :stream_ids::text[]) AS wanted(guild_id, subject)
    ON wanted.guild_id = n.guild_id AND wanted.subject = n.subject
WHERE n.state = 'intent';

-- name: changed_notices(most, vod_asked, open_seconds)
-- What stands on Discord and shows less than is known, and what may be settled. Those that were edited lately come last.
SELECT n.* FROM discord_notices AS n
WHERE n.state = 'sent' AND NOT n.is_final
    AND NOT EXISTS (
        SELECT FROM discord_pauses AS p WHERE p.guild_id = n.guild_id AND p.text_channel_id = n.text_channel_id
    )
    AND (
        n.shown_version < n.revision
        OR n.ended_at IS NOT NULL
        AND (
            n.at_end <> 'edit' OR n.vod_url <> '' OR n.vod_asked >= :vod_asked
            OR n.ended_at < now() - make_interval(secs => :open_seconds::double precision)
        )
    )
ORDER BY n.edited_at NULLS FIRST
LIMIT :most;

-- name: note_shown(guild_id, kind, subject, shown_version, is_final)
-- The version is null where nothing was edited.
UPDATE discord_messages SET
    shown_version = coalesce(:shown_version::integer, shown_version),
    edited_at = CASE WHEN :shown_version::integer IS NULL THEN edited_at ELSE now() END,
    is_final = :is_final
WHERE guild_id = :guild_id AND kind = :kind AND subject = :subject
RETURNING guild_id;

-- name: note_tried(guild_id, kind, subject)
-- Discord takes no edit of it for now.
UPDATE discord_messages SET edited_at = now()
WHERE guild_id = :guild_id AND kind = :kind AND subject = :subject
RETURNING guild_id;

-- name: stale_messages(most)
-- What stands on Discord and names a moment that was hidden since.
SELECT m.guild_id, m.kind, m.subject, m.text_channel_id, m.message_id, m.nonce, m.channel_id, m.shown_version
FROM discord_stale AS s
JOIN discord_messages AS m ON m.guild_id = s.guild_id AND m.kind = s.kind AND m.subject = s.subject
JOIN discord_guilds AS g ON g.guild_id = m.guild_id AND g.left_at IS NULL
WHERE m.state = 'sent' AND m.message_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM discord_pauses AS p WHERE p.guild_id = m.guild_id AND p.text_channel_id = m.text_channel_id
    )
ORDER BY m.settled_at
LIMIT :most;

-- name: note_fresh(guild_id, kind, subject)
DELETE FROM discord_stale
WHERE guild_id = :guild_id AND kind = :kind AND subject = :subject
RETURNING guild_id;

-- name: messages_opted_out()
-- What stands on Discord of streamers who do not want to be followed.
SELECT m.guild_id, m.kind, m.subject, m.text_channel_id, m.message_id
FROM discord_messages AS m
JOIN discord_guilds AS g ON g.guild_id = m.guild_id AND g.left_at IS NULL
WHERE m.state = 'sent' AND m.message_id IS NOT NULL AND m.channel_id IN (SELECT channel_id FROM opted_out)
    AND NOT EXISTS (
        SELECT FROM discord_pauses AS p WHERE p.guild_id = m.guild_id AND p.text_channel_id = m.text_channel_id
    );

-- name: forget_message(guild_id, kind, subject)
DELETE FROM discord_messages WHERE guild_id = :guild_id AND kind = :kind AND subject = :subject RETURNING guild_id;

-- name: forget_messages(days)
-- Long after their streams: no stream of that id can be live any more.
DELETE FROM discord_messages WHERE settled_at < now() - make_interval(days => :days) RETURNING guild_id;
