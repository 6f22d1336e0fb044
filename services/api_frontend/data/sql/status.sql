-- name: stages()
-- What each stage reported last, and the database's clock.
SELECT stage, event_at, updated_at, now() AS now FROM pipeline_progress WHERE stage IN ('capture', 'job', 'recorder')
UNION ALL
SELECT '', now(), now(), now();

-- name: newest_results(waits_seconds)
-- The newest moment, the newest clip, and how many clips of the last hour Twitch still owes.
SELECT
    (
        SELECT m.crossed_at FROM visible_moments m
        ORDER BY m.crossed_at DESC, m.moment_id DESC
        LIMIT 1
    ) AS moment_at,
    (
        SELECT c.decided_at FROM visible_clips c
        WHERE c.status = 'made'
        ORDER BY c.crossed_at DESC, c.moment_id DESC
        LIMIT 1
    ) AS clip_at,
    (
        SELECT count(*) FROM visible_moments m
        INNER JOIN visible_clips c ON c.moment_id = m.moment_id
        WHERE m.crossed_at > now() - INTERVAL '1 hour'
            AND c.status = 'intent' AND c.decided_at < now() - make_interval(secs => :waits_seconds)
    ) AS waiting;
