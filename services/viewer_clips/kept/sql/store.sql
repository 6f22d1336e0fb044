-- What the service knows, in SQLite on B's disk. Times are milliseconds since 1970 UTC. Whoever made a clip stands
-- nowhere here.

-- name: make_tables#
CREATE TABLE IF NOT EXISTS channels (
    channel_id  TEXT PRIMARY KEY,
    since       INTEGER NOT NULL,  -- when it was first watched
    left_at     INTEGER,           -- null while it is watched
    asked_until INTEGER NOT NULL,
    again_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gaps (
    channel_id TEXT NOT NULL,
    from_at    INTEGER NOT NULL,
    until_at   INTEGER NOT NULL,
    PRIMARY KEY (channel_id, from_at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS streams (
    stream_id  TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS recordings (
    video_id   TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL,
    stream_id  TEXT,
    began_at   INTEGER,
    looked_at  INTEGER NOT NULL
) WITHOUT ROWID;
-- What was told last of each clip, but for when.
CREATE TABLE IF NOT EXISTS clips (
    clip_id    TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    told       BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS clips_channel ON clips (channel_id, created_at);
CREATE TABLE IF NOT EXISTS own_clips (clip_id TEXT PRIMARY KEY, decided_at INTEGER NOT NULL) WITHOUT ROWID;
-- Channels that have opted out: what Kafka has of them from before is not heard.
CREATE TABLE IF NOT EXISTS forgotten (channel_id TEXT PRIMARY KEY, forgotten_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (
    topic     TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next      INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
) WITHOUT ROWID;

-- name: positions()
SELECT topic, partition, next FROM positions;

-- name: note_position(topic, partition, next)!
INSERT INTO positions VALUES (:topic, :partition, :next)
ON CONFLICT (topic, partition) DO UPDATE SET next = excluded.next;

-- name: see_channel(channel_id, at)!
INSERT INTO channels SELECT :channel_id, :at, NULL, :at, :at
WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE channel_id = :channel_id AND forgotten_at >= :at)
ON CONFLICT (channel_id) DO NOTHING;

-- name: channel(channel_id)^
SELECT channel_id, since, left_at, asked_until, again_until FROM channels WHERE channel_id = :channel_id;

-- name: leave_channel(channel_id, at)!
UPDATE channels SET left_at = :at WHERE channel_id = :channel_id AND left_at IS NULL;

-- name: return_to_channel(channel_id, asked_until)!
UPDATE channels SET left_at = NULL, asked_until = max(asked_until, :asked_until) WHERE channel_id = :channel_id;

-- name: see_stream(stream_id, channel_id, started_at, ended_at)!
INSERT INTO streams SELECT :stream_id, :channel_id, :started_at, :ended_at
WHERE EXISTS (SELECT 1 FROM channels WHERE channel_id = :channel_id)
ON CONFLICT (stream_id) DO UPDATE SET ended_at = excluded.ended_at;

-- name: end_earlier_streams(stream_id, channel_id, started_at)!
UPDATE streams SET ended_at = :started_at
WHERE channel_id = :channel_id AND stream_id <> :stream_id AND ended_at IS NULL AND started_at < :started_at;

-- name: streams_of(channel_id)
SELECT stream_id, started_at, ended_at FROM streams WHERE channel_id = :channel_id ORDER BY started_at DESC;

-- name: channels(live_since)
-- A stream that is long over without an end that anybody saw is none.
SELECT
    c.channel_id, c.since, c.asked_until, c.again_until, c.left_at,
    EXISTS (
        SELECT 1 FROM streams s
        WHERE s.channel_id = c.channel_id AND s.ended_at IS NULL AND s.started_at > :live_since
    )
FROM channels c ORDER BY c.channel_id;

-- name: gaps()
SELECT channel_id, from_at, until_at FROM gaps;

-- name: add_gap(channel_id, from_at, until_at)!
INSERT INTO gaps VALUES (:channel_id, :from_at, :until_at)
ON CONFLICT (channel_id, from_at) DO UPDATE SET until_at = max(until_at, excluded.until_at);

-- name: shorten_gap(channel_id, until_at)!
UPDATE gaps SET until_at = :until_at
WHERE channel_id = :channel_id AND from_at = (
    SELECT from_at FROM gaps WHERE channel_id = :channel_id ORDER BY until_at DESC LIMIT 1
);

-- name: drop_empty_gaps()!
DELETE FROM gaps WHERE until_at <= from_at;

-- name: note_asked(channel_id, until_at)!
UPDATE channels SET asked_until = max(asked_until, :until_at) WHERE channel_id = :channel_id;

-- name: note_again(channel_id, until_at)!
UPDATE channels SET again_until = max(again_until, :until_at) WHERE channel_id = :channel_id;

-- name: recording(video_id)^
SELECT video_id, stream_id, began_at, looked_at FROM recordings WHERE video_id = :video_id;

-- name: note_recording(video_id, channel_id, stream_id, began_at, looked_at)!
INSERT INTO recordings VALUES (:video_id, :channel_id, :stream_id, :began_at, :looked_at)
ON CONFLICT (video_id) DO UPDATE SET
    stream_id = excluded.stream_id, began_at = excluded.began_at, looked_at = excluded.looked_at;

-- name: told(clip_id)$
SELECT told FROM clips WHERE clip_id = :clip_id;

-- name: told_between(channel_id, from_at, until_at)
SELECT clip_id, told FROM clips
WHERE channel_id = :channel_id AND created_at >= :from_at AND created_at < :until_at;

-- name: note_told(clip_id, channel_id, created_at, told)!
INSERT INTO clips VALUES (:clip_id, :channel_id, :created_at, :told)
ON CONFLICT (clip_id) DO UPDATE SET created_at = excluded.created_at, told = excluded.told;

-- name: note_own_clip(clip_id, decided_at)!
INSERT INTO own_clips VALUES (:clip_id, :decided_at) ON CONFLICT (clip_id) DO NOTHING;

-- name: own_clip(clip_id)$
SELECT 1 FROM own_clips WHERE clip_id = :clip_id;

-- name: remember_forgotten(channel_id, at)!
INSERT INTO forgotten VALUES (:channel_id, :at)
ON CONFLICT (channel_id) DO UPDATE SET forgotten_at = max(forgotten_at, excluded.forgotten_at);

-- name: forget_channel(channel_id)!
DELETE FROM channels WHERE channel_id = :channel_id;

-- name: forget_gaps(channel_id)!
DELETE FROM gaps WHERE channel_id = :channel_id;

-- name: forget_streams(channel_id)!
DELETE FROM streams WHERE channel_id = :channel_id;

-- name: forget_recordings(channel_id)!
DELETE FROM recordings WHERE channel_id = :channel_id;

-- name: forget_clips(channel_id)!
DELETE FROM clips WHERE channel_id = :channel_id;

-- name: forget_told()!
-- Clips that were told for good.
DELETE FROM clips WHERE created_at < (SELECT again_until FROM channels c WHERE c.channel_id = clips.channel_id) - 21600000;

-- name: forget_old_streams(before)!
DELETE FROM streams WHERE started_at < :before;

-- name: forget_old_recordings(before)!
DELETE FROM recordings WHERE looked_at < :before;

-- name: forget_old_own_clips(before)!
DELETE FROM own_clips WHERE decided_at < :before;

-- name: forget_old_forgotten(before)!
DELETE FROM forgotten WHERE forgotten_at < :before;
