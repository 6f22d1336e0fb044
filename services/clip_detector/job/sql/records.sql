-- The input of the windows. Ticks belong to the channel '', whose row shows how far event time has come.
CREATE TEMPORARY VIEW records AS
SELECT
    COALESCE(channel_id, '') AS channel_id,
    ts,
    kind = 'message' AS is_message,
    CASE WHEN kind = 'message' THEN chatter END AS chatter,
    CASE WHEN kind = 'message' THEN {piece} END AS piece,
    CASE
        WHEN kind = 'lifecycle' THEN CONCAT(
            CAST(sent_at AS STRING), {field}, kind, {field}, event, {field},
            stream_id, {field}, COALESCE(CAST(stream_started_at AS STRING), ''), {field})
        WHEN kind = 'coverage' THEN CONCAT(
            CAST(sent_at AS STRING), {field}, kind, {field}, event, {field}, {field},
            COALESCE(CAST(gap_from_at AS STRING), ''), {field}, COALESCE(CAST(gap_until_at AS STRING), ''))
        WHEN kind = 'notice' THEN CONCAT(
            CAST(sent_at AS STRING), {field}, kind, {field}, notice_type, {field},
            COALESCE(SUBSTRING(target_message_id, 1, 8), target_chatter, ''), {field},
            COALESCE(CAST(amount AS STRING), ''), {field})
        WHEN kind = 'room_state' THEN CONCAT(
            CAST(sent_at AS STRING), {field}, kind, {field}, {field},
            CONCAT_WS(' ', -- skips NULL
                'emote_only=' || CAST(emote_only AS STRING),
                'subscribers_only=' || CAST(subscribers_only AS STRING),
                'slow=' || CAST(slow_seconds AS STRING),
                'followers_only=' || CAST(followers_only_minutes AS STRING),
                'unique_only=' || CAST(unique_only AS STRING)), {field}, {field})
        WHEN kind = 'opt_out' THEN CONCAT(
            CAST(sent_at AS STRING), {field}, kind, {field}, event, {field}, {field}, {field})
    END AS channel_event
FROM chat
WHERE ts IS NOT NULL
    AND (
        kind = 'tick'
        OR (kind IN ('message', 'notice', 'room_state', 'lifecycle', 'coverage', 'opt_out') AND channel_id <> ''))
