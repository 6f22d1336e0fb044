-- What a moment says of its people: why they came, what they felt, how rare it was, and the stretch that a clip
-- should show. Moments of a detector on trial (shadow) are kept apart from what the site shows.
-- depends: 0004.operations

-- `cause` stays for a recorder of the version before; nothing reads it any more.
ALTER TABLE moments
    ADD COLUMN causes             text[] NOT NULL DEFAULT '{}',
    ADD COLUMN mood               text,
    ADD COLUMN mood_share         real,
    ADD COLUMN biggest_in_seconds integer,
    ADD COLUMN clip_from_at       timestamptz,
    ADD COLUMN clip_until_at      timestamptz,
    ADD COLUMN no_clip_reason     text,
    ADD COLUMN shadow             boolean NOT NULL DEFAULT false;
UPDATE moments SET causes = ARRAY[cause] WHERE cause IS NOT NULL;

DROP INDEX moments_newest;
DROP INDEX moments_channel;
CREATE INDEX moments_newest ON moments (crossed_at DESC, moment_id DESC) WHERE NOT shadow;
CREATE INDEX moments_channel ON moments (channel_id, crossed_at DESC, moment_id DESC) WHERE NOT shadow;
CREATE INDEX moments_mood ON moments (mood, crossed_at DESC, moment_id DESC) WHERE NOT shadow AND mood IS NOT NULL;
CREATE INDEX moments_cause ON moments ((causes[1]), crossed_at DESC, moment_id DESC)
    WHERE NOT shadow AND causes[1] IS NOT NULL;
CREATE INDEX moments_shadow ON moments (crossed_at DESC, moment_id DESC) WHERE shadow;
