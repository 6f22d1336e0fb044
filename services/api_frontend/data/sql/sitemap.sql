-- name: sitemap_moments(most)
SELECT m.moment_id, greatest(m.recorded_at, c.recorded_at) AS changed_at
FROM (
    SELECT moment_id, recorded_at FROM visible_moments
    ORDER BY crossed_at DESC, moment_id DESC
    LIMIT :most
) m
LEFT JOIN visible_clips c ON c.moment_id = m.moment_id;

-- name: sitemap_channels(most)
-- A channel's page changed with its newest moment; one without a moment has nothing to find yet.
SELECT channels.login, newest.recorded_at AS changed_at
FROM channels
CROSS JOIN LATERAL (
    SELECT m.recorded_at FROM visible_moments m
    WHERE m.channel_id = channels.channel_id
    ORDER BY m.crossed_at DESC, m.moment_id DESC
    LIMIT 1
) newest
ORDER BY channels.login
LIMIT :most;

-- name: sitemap_streams(most)
-- The newest streams in which chat erupted: of another one there is little to find.
SELECT c.login, s.stream_id, newest.recorded_at AS changed_at
FROM (
    SELECT stream_id, channel_id, started_at FROM stream_recaps ORDER BY started_at DESC LIMIT :most
) AS s
JOIN channels AS c ON c.channel_id = s.channel_id
JOIN streams AS t ON t.stream_id = s.stream_id
CROSS JOIN LATERAL (
    SELECT m.recorded_at FROM visible_moments AS m
    WHERE m.channel_id = s.channel_id AND m.crossed_at >= s.started_at
        AND m.crossed_at < coalesce(t.ended_at, s.started_at + interval '48 hours')
    ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT 1
) AS newest
ORDER BY s.started_at DESC;
