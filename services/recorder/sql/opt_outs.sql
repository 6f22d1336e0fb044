-- The channels that are neither read nor stored, and the erasure of what was stored of them.

-- name: find_channel(name)
-- A login may have moved to another channel: the newest owner counts.
SELECT channel_id, login FROM (
    SELECT channel_id, login, updated_at FROM channels WHERE login = :name OR channel_id = :name
    UNION ALL
    SELECT channel_id, login, chosen_at FROM watched_channels WHERE login = :name OR channel_id = :name
    UNION ALL
    SELECT channel_id, login, changed_at FROM opt_outs WHERE login = :name OR channel_id = :name
) known
ORDER BY updated_at DESC
LIMIT 1;

-- name: put_opt_out(channel_id, login, is_out)!
-- Repeating it changes nothing. Open pages of the site remove the channel's moments.
WITH written AS (
    INSERT INTO opt_outs (channel_id, login, is_out, changed_at) VALUES (:channel_id, :login, :is_out, now())
    ON CONFLICT (channel_id) DO UPDATE SET
        login = coalesce(nullif(excluded.login, ''), opt_outs.login),
        is_out = excluded.is_out, changed_at = now(), cleared_for = NULL
    WHERE opt_outs.is_out <> excluded.is_out
    RETURNING channel_id, is_out
)
SELECT pg_notify('moments', json_build_object('channel', channel_id)::text) FROM written WHERE is_out;

-- name: list_opt_outs()
SELECT channel_id, login, changed_at, cleared_for FROM opt_outs WHERE is_out ORDER BY changed_at;

-- name: erase_channels()!
DELETE FROM channels WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_former_logins()!
DELETE FROM former_logins WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_channel_requests()!
DELETE FROM channel_requests r USING opt_outs o WHERE o.is_out AND r.name IN (o.login, 'id:' || o.channel_id);

-- name: erase_voices()!
DELETE FROM voices WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_streams()!
DELETE FROM streams WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_watched_channels()!
DELETE FROM watched_channels WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_coverage()!
DELETE FROM coverage WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_notices()!
DELETE FROM notices WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_chat_counts()!
DELETE FROM chat_counts WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_emote_minutes()!
DELETE FROM emote_minutes WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_emote_rollups()!
-- After the minutes and before the days, as a roll-up locks them.
DELETE FROM emote_rollups WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_emote_days()!
DELETE FROM emote_days WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_discord_streamers()!
-- With whoever follows them. What stands on Discord, the bot deletes itself.
DELETE FROM discord_streamers WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_discord_streams()!
DELETE FROM discord_streams WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_own_clips()!
DELETE FROM own_clips WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_twitch_consents()!
-- With the sessions, the editors and the choices that hang on it.
DELETE FROM twitch_consents WHERE user_id IN (SELECT channel_id FROM opted_out);

-- name: erase_moments()!
-- In two halves, as the indexes are.
DELETE FROM moments WHERE moment_id IN (
    SELECT m.moment_id FROM moments m JOIN opted_out ON opted_out.channel_id = m.channel_id WHERE NOT m.shadow
    UNION ALL
    SELECT m.moment_id FROM moments m JOIN opted_out ON opted_out.channel_id = m.channel_id WHERE m.shadow
);

-- name: erase_clips()!
DELETE FROM clips WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_dead_letters()!
-- A payload is the beginning of a record, which has the channel's id as JSON writes it.
DELETE FROM dead_letters
WHERE EXISTS (SELECT FROM opted_out WHERE position('"' || opted_out.channel_id || '"' IN dead_letters.payload) > 0);

-- name: opt_outs_to_clear(settling_seconds)
-- Channels with results in Kafka: those that opted out just now, and those that did so long enough ago (by the job's
-- event time) that no more results are on their way, and were not cleared since.
SELECT o.channel_id, coalesce(p.event_at, o.changed_at) AS cleared_for
FROM opt_outs o
LEFT JOIN pipeline_progress p ON p.stage = 'job'
WHERE o.is_out AND (
    o.cleared_for IS NULL
    OR (o.cleared_for < o.changed_at + make_interval(secs => :settling_seconds::double precision)
        AND p.event_at >= o.changed_at + make_interval(secs => :settling_seconds::double precision))
);

-- name: note_cleared(channel_id, cleared_for)!
UPDATE opt_outs SET cleared_for = :cleared_for WHERE channel_id = :channel_id;
