-- The store of versions, in SQLite. Times are milliseconds since 1970 UTC; `change` counts every write, so that what
-- happened since a number can be copied elsewhere.

-- name: make_tables#
CREATE TABLE IF NOT EXISTS store (
    store_id    TEXT NOT NULL,
    last_change INTEGER NOT NULL,
    last_at     INTEGER NOT NULL  -- when the latest change came into force
);
-- Which catalogues are known, and since when. `answered_at`: about when it was last given, to forget the unwatched.
CREATE TABLE IF NOT EXISTS catalogues (
    scope       TEXT NOT NULL,
    provider    TEXT NOT NULL,
    known_from  INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    change      INTEGER NOT NULL,
    PRIMARY KEY (scope, provider)
) WITHOUT ROWID;
-- An emote under one name, in force from `came_at` until before `went_at`.
CREATE TABLE IF NOT EXISTS versions (
    scope         TEXT NOT NULL,
    provider      TEXT NOT NULL,
    emote_id      TEXT NOT NULL,
    came_at       INTEGER NOT NULL,
    went_at       INTEGER,
    name          TEXT NOT NULL,
    is_zero_width INTEGER NOT NULL,
    is_animated   INTEGER,
    image         TEXT NOT NULL,
    change        INTEGER NOT NULL,
    PRIMARY KEY (scope, provider, emote_id, came_at)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS versions_change ON versions (change);
CREATE INDEX IF NOT EXISTS versions_went ON versions (went_at) WHERE went_at IS NOT NULL;

-- name: make_store(store_id)!
INSERT INTO store SELECT :store_id, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM store);

-- name: store_state()^
SELECT store_id, last_change, last_at FROM store;

-- name: set_state(last_change, last_at)!
UPDATE store SET last_change = :last_change, last_at = :last_at;

-- name: catalogue(scope, provider)^
SELECT known_from, answered_at FROM catalogues WHERE scope = :scope AND provider = :provider;

-- name: known_scopes()
SELECT DISTINCT scope FROM catalogues;

-- name: know(scope, provider, at_ms, answered_at, change)!
INSERT INTO catalogues VALUES (:scope, :provider, :at_ms, :answered_at, :change) ON CONFLICT DO NOTHING;

-- name: note_answer(answered_at, scope, provider)!
UPDATE catalogues SET answered_at = :answered_at WHERE scope = :scope AND provider = :provider;

-- name: in_force(scope, provider)
SELECT emote_id, name, is_zero_width, is_animated, image FROM versions
WHERE scope = :scope AND provider = :provider AND went_at IS NULL;

-- name: begin*!
INSERT INTO versions VALUES (
    :scope, :provider, :emote_id, :at_ms, NULL, :name, :is_zero_width, :is_animated, :image, :change
);

-- name: end*!
UPDATE versions SET went_at = :at_ms, change = :change
WHERE scope = :scope AND provider = :provider AND emote_id = :emote_id AND went_at IS NULL;

-- name: redraw*!
-- Another picture or another look is no other version: it is the same name.
UPDATE versions
SET is_zero_width = :is_zero_width, is_animated = :is_animated, image = :image, change = :change
WHERE scope = :scope AND provider = :provider AND emote_id = :emote_id AND went_at IS NULL;

-- name: versions_at(channel_id, at_ms)
-- What was in force at a time: of several emotes of one name the last row counts.
SELECT scope, provider, name, emote_id FROM versions
WHERE scope IN (:channel_id, 'global') AND came_at <= :at_ms AND (went_at IS NULL OR went_at > :at_ms)
ORDER BY
    scope = :channel_id,
    CASE provider WHEN 'ffz' THEN 2 WHEN 'bttv' THEN 1 ELSE 0 END,
    came_at DESC,
    emote_id DESC;

-- name: known_at(channel_id, at_ms)
SELECT scope, provider FROM catalogues WHERE scope IN (:channel_id, 'global') AND known_from <= :at_ms;

-- name: bounds_at(channel_id, at_ms)^
-- The last time at or before `at_ms` when something changed, and the next one.
WITH changes (at) AS (
    SELECT came_at FROM versions WHERE scope IN (:channel_id, 'global')
    UNION ALL SELECT went_at FROM versions WHERE scope IN (:channel_id, 'global') AND went_at IS NOT NULL
    UNION ALL SELECT known_from FROM catalogues WHERE scope IN (:channel_id, 'global')
)
SELECT max(CASE WHEN at <= :at_ms THEN at END), min(CASE WHEN at > :at_ms THEN at END) FROM changes;

-- name: catalogues_between(after, until)
SELECT scope, provider, known_from FROM catalogues WHERE change > :after AND change <= :until ORDER BY change;

-- name: versions_between(after, until)
SELECT scope, provider, emote_id, name, is_zero_width, is_animated, image, came_at, went_at FROM versions
WHERE change > :after AND change <= :until ORDER BY change;

-- name: drop_later_versions(latest)!
-- The next three take back what a clock that ran ahead has written.
DELETE FROM versions WHERE came_at > :latest;

-- name: reopen_versions(change, latest)!
UPDATE versions SET went_at = NULL, change = :change WHERE went_at > :latest;

-- name: drop_later_catalogues(latest)!
DELETE FROM catalogues WHERE known_from > :latest;

-- name: forget_versions(before)!
DELETE FROM versions WHERE went_at < :before;

-- name: forget_unwatched_versions(before)!
DELETE FROM versions WHERE EXISTS (
    SELECT 1 FROM catalogues c
    WHERE c.scope = versions.scope AND c.provider = versions.provider AND c.answered_at < :before
);

-- name: forget_unwatched(before)!
DELETE FROM catalogues WHERE answered_at < :before;

-- name: forget_channel_versions(channel_id)!
DELETE FROM versions WHERE scope = :channel_id;

-- name: forget_channel(channel_id)!
DELETE FROM catalogues WHERE scope = :channel_id;
