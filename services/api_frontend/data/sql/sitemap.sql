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
