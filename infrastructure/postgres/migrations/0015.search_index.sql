-- The index of moment_places, made while moments are read and written (a million: about a minute). It stands outside of
-- a transaction; broken off, it begins anew.
-- transactional: false
-- depends: 0014.search_places

-- Waits for statements under way, and holds nobody meanwhile.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS moments_places;
CREATE INDEX CONCURRENTLY moments_places ON moments USING gin (moment_places(search, crossed_at, grade))
    WITH (fastupdate = off) WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_search;
ANALYZE moments (search);
