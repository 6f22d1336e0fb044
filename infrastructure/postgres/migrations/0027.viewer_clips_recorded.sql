-- What viewers clipped by when it was written, for what is scored anew. Broken off, it begins anew.
-- transactional: false
-- depends: 0026.self_score

-- Waits for statements under way, and holds nobody meanwhile.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS viewer_clips_recorded;
CREATE INDEX CONCURRENTLY viewer_clips_recorded ON viewer_clips (recorded_at);
