-- What an operator hides from visitors, and what visitors report.

-- name: find_moment(moment_id)$
SELECT EXISTS (SELECT FROM moments WHERE moment_id = :moment_id);

-- name: hide_moment(moment_id, why)$
-- The notification takes the moment off open pages. Hiding it again changes the reason, and that it was the operator: the
-- channel's own people cannot show it again.
WITH written AS (
    INSERT INTO hidden_moments (moment_id, why) VALUES (:moment_id, :why)
    ON CONFLICT (moment_id) DO UPDATE SET why = excluded.why, by_channel = false
    RETURNING moment_id
)
SELECT pg_notify('moments', json_build_object('id', moment_id)::text)::text FROM written;

-- name: show_moment(moment_id)
-- Open pages show it again when they are loaded again.
DELETE FROM hidden_moments WHERE moment_id = :moment_id RETURNING moment_id;

-- name: list_hidden()
SELECT moment_id, hidden_at, why FROM hidden_moments ORDER BY hidden_at DESC;

-- name: list_reports()
-- What is still shown, the most reported first.
SELECT r.moment_id, sum(r.times)::integer AS times, string_agg(r.reason, ', ' ORDER BY r.times DESC, r.reason) AS reasons,
    max(r.reported_at) AS reported_at
FROM reports AS r
WHERE r.moment_id NOT IN (SELECT moment_id FROM hidden_moments)
GROUP BY r.moment_id
ORDER BY times DESC, reported_at DESC;

-- name: delete_reports(moment_id)!
-- The operator has looked and leaves the moment as it is.
DELETE FROM reports WHERE moment_id = :moment_id;
