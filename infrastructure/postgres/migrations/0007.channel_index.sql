-- A channel's list that is narrowed by mood or cause is found in the index alone: before, each of the channel's rows was
-- looked at.
-- transactional: false
-- depends: 0006.opt_outs

-- Waits for statements under way, and holds nobody meanwhile.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS moments_channel_next;
CREATE INDEX CONCURRENTLY moments_channel_next ON moments (channel_id, crossed_at DESC, moment_id DESC, mood, (causes[1]))
    WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_channel;
ALTER INDEX moments_channel_next RENAME TO moments_channel;
