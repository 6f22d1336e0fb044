-- What a moment says of its people: why they came, what they felt, how rare it was, and the stretch that a clip
-- should show. Moments of a detector on trial (shadow) are kept apart from what the site shows.
-- Written some rows at a time while others read and write; broken off, it begins anew.
-- transactional: false
-- depends: 0004.operations

-- `cause` stays for a recorder of the version before; nothing reads it any more.
ALTER TABLE moments
    ADD COLUMN IF NOT EXISTS causes             text[] NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS mood               text,
    ADD COLUMN IF NOT EXISTS mood_share         real,
    ADD COLUMN IF NOT EXISTS biggest_in_seconds integer,
    ADD COLUMN IF NOT EXISTS clip_from_at       timestamptz,
    ADD COLUMN IF NOT EXISTS clip_until_at      timestamptz,
    ADD COLUMN IF NOT EXISTS no_clip_reason     text,
    ADD COLUMN IF NOT EXISTS shadow             boolean NOT NULL DEFAULT false;
DO $$
DECLARE
    done text := '';
    last text;
BEGIN
    LOOP
        SELECT max(moment_id) INTO last
        FROM (SELECT moment_id FROM moments WHERE moment_id > done ORDER BY moment_id LIMIT 500) AS next;
        EXIT WHEN last IS NULL;
        BEGIN
            UPDATE moments SET causes = ARRAY[cause]
            WHERE moment_id > done AND moment_id <= last AND cause IS NOT NULL AND causes = '{}';
            done := last;
        EXCEPTION WHEN lock_not_available THEN
            NULL;  -- Somebody is at one of these rows: let go of the others, and try again.
        END;
        COMMIT;
    END LOOP;
END
$$;

-- Waits for statements under way, and holds nobody meanwhile.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS moments_newest_next;
CREATE INDEX CONCURRENTLY moments_newest_next ON moments (crossed_at DESC, moment_id DESC) WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_newest;
ALTER INDEX moments_newest_next RENAME TO moments_newest;
DROP INDEX CONCURRENTLY IF EXISTS moments_channel_next;
CREATE INDEX CONCURRENTLY moments_channel_next ON moments (channel_id, crossed_at DESC, moment_id DESC) WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_channel;
ALTER INDEX moments_channel_next RENAME TO moments_channel;
DROP INDEX CONCURRENTLY IF EXISTS moments_mood;
CREATE INDEX CONCURRENTLY moments_mood ON moments (mood, crossed_at DESC, moment_id DESC) WHERE NOT shadow AND mood IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS moments_cause;
CREATE INDEX CONCURRENTLY moments_cause ON moments ((causes[1]), crossed_at DESC, moment_id DESC)
    WHERE NOT shadow AND causes[1] IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS moments_shadow;
CREATE INDEX CONCURRENTLY moments_shadow ON moments (crossed_at DESC, moment_id DESC) WHERE shadow;
