-- name: progress()
SELECT stage, event_at, updated_at, now() AS now, NULL::bigint AS channels
FROM pipeline_progress WHERE stage IN ('job', 'recorder')
UNION ALL
SELECT '', now(), now(), now(), (SELECT count(*) FROM watched_channels);
