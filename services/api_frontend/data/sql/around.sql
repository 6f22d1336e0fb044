-- name: around(moment_id, channel_id, stream_id, crossed_at, stream_from, minute_from, minute_until, most)
-- What leads on from a moment: others of its stream, other channels in the same minute, and its neighbours in the list.
-- Each part walks an index: the channel's from the stream's start on, or the list's from the moment's place on.
SELECT found.place, found.moment_id FROM (
    (
        SELECT 'stream' AS place, m.moment_id, m.crossed_at FROM visible_moments m
        WHERE m.channel_id = :channel_id AND m.crossed_at >= :stream_from
        AND m.document ->> 'stream_id' = :stream_id AND m.moment_id <> :moment_id
        ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT :most
    )
    UNION ALL
    (
        SELECT 'minute', m.moment_id, m.crossed_at FROM visible_moments m
        WHERE m.crossed_at BETWEEN :minute_from AND :minute_until AND m.channel_id <> :channel_id
        ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT :most
    )
    UNION ALL
    (
        SELECT 'previous', m.moment_id, m.crossed_at FROM visible_moments m
        WHERE (m.crossed_at, m.moment_id) < (:crossed_at, :moment_id)
        ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT 1
    )
    UNION ALL
    (
        SELECT 'next', m.moment_id, m.crossed_at FROM visible_moments m
        WHERE (m.crossed_at, m.moment_id) > (:crossed_at, :moment_id)
        ORDER BY m.crossed_at, m.moment_id LIMIT 1
    )
) AS found
ORDER BY found.crossed_at DESC, found.moment_id DESC;
