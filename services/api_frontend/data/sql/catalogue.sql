-- What programs ask for beside moments.

-- name: changed_moments(since, after_id, most)
-- In the order of the changes of moments and of clips. A moment of which both changed may come twice, never not at all.
SELECT moment_id, max(recorded_at) AS changed_at FROM (
    (SELECT moment_id, recorded_at FROM visible_moments
    WHERE (recorded_at, moment_id) > (:since, :after_id) ORDER BY recorded_at, moment_id LIMIT :most)
    UNION ALL
    (SELECT moment_id, recorded_at FROM visible_clips
    WHERE (recorded_at, moment_id) > (:since, :after_id) ORDER BY recorded_at, moment_id LIMIT :most)
) changes
GROUP BY moment_id
ORDER BY changed_at, moment_id
LIMIT :most;

-- name: channel_list(after_login, only_login, prefix, most)
-- Watched channels by their logins, with their moments of the last 24 hours.
SELECT
    w.channel_id, w.login, coalesce(c.display_name, w.login) AS display_name, l.crossed_at AS last_moment_at,
    (
        SELECT count(*) FROM visible_moments m
        WHERE m.channel_id = w.channel_id AND m.crossed_at > now() - interval '1 day'
    ) AS moments
FROM watched_channels w
LEFT JOIN channels c USING (channel_id)
LEFT JOIN LATERAL (
    SELECT crossed_at FROM visible_moments m WHERE m.channel_id = w.channel_id
    ORDER BY crossed_at DESC, moment_id DESC LIMIT 1
) l ON true
WHERE w.login > :after_login
    AND (:only_login::text IS NULL OR w.login = :only_login)
    AND (starts_with(w.login, :prefix) OR starts_with(lower(c.display_name), :prefix))
    AND w.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY w.login
LIMIT :most;

-- name: game_list(most)
-- What was played when moments happened in the last seven days.
SELECT game_name AS name, count(*) AS moments, max(crossed_at) AS last_moment_at FROM visible_moments
WHERE crossed_at > now() - interval '7 days' AND game_name <> ''
GROUP BY game_name
ORDER BY moments DESC, name
LIMIT :most;
