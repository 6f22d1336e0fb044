-- Clips that a channel's own people ask for: the intent is written before Twitch is asked, its outcome after that.

-- name: intend_own_clip(moment_id, channel_id, user_id, vod_id, ends_at, duration_seconds, title)
-- No row comes back while one is under way, or made. What nobody can tell is looked for anew from its first try on.
INSERT INTO own_clips AS known (moment_id, channel_id, user_id, vod_id, ends_at, duration_seconds, title, state)
VALUES (:moment_id, :channel_id, :user_id, :vod_id, :ends_at, :duration_seconds::real, :title, 'intent')
ON CONFLICT (moment_id) DO UPDATE SET
    user_id = excluded.user_id, vod_id = excluded.vod_id, ends_at = excluded.ends_at,
    duration_seconds = excluded.duration_seconds, title = excluded.title, state = 'intent', reason = '', clip_id = NULL,
    asked_first_at = CASE WHEN known.state = 'unknown' THEN known.asked_first_at ELSE now() END,
    intended_at = now(), settled_at = NULL
WHERE known.state IN ('refused', 'unknown')
RETURNING moment_id;

-- name: own_clip(moment_id)
SELECT
    moment_id, channel_id, user_id, vod_id, ends_at, duration_seconds, title, state, reason, clip_id, asked_first_at,
    intended_at, now() AS now
FROM own_clips WHERE moment_id = :moment_id;

-- name: own_clips_of(ids)
SELECT
    moment_id, channel_id, user_id, vod_id, ends_at, duration_seconds, title, state, reason, clip_id, asked_first_at,
    intended_at, now() AS now
FROM own_clips WHERE moment_id = ANY(:ids::text[]);

-- name: open_own_clips(older_seconds, most)
-- What Twitch named, and what was asked for so long ago that no answer is on its way any more.
SELECT
    moment_id, channel_id, user_id, vod_id, ends_at, duration_seconds, title, state, reason, clip_id, asked_first_at,
    intended_at, now() AS now
FROM own_clips
WHERE state = 'asked'
    OR state = 'intent' AND intended_at < now() - make_interval(secs => :older_seconds::double precision)
ORDER BY intended_at
LIMIT :most;

-- name: name_own_clip(moment_id, clip_id)
UPDATE own_clips SET state = 'asked', clip_id = :clip_id WHERE moment_id = :moment_id AND state = 'intent'
RETURNING moment_id;

-- name: settle_own_clip(moment_id, state, reason)
UPDATE own_clips SET state = :state, reason = :reason, settled_at = now()
WHERE moment_id = :moment_id AND state IN ('intent', 'asked')
RETURNING moment_id;

-- name: put_own_clip(channel_id, moment_id, title, duration_seconds, clip_id, url, embed_url, thumbnail_url)
-- In one statement: the clip is the moment's, and the intent is over.
WITH settled AS (
    UPDATE own_clips SET state = 'made', reason = '', clip_id = :clip_id, settled_at = now()
    WHERE moment_id = :moment_id AND channel_id = :channel_id AND state IN ('intent', 'asked')
    RETURNING moment_id
)
SELECT put_own_clip(
    :channel_id, moment_id, :title, :duration_seconds::real, :clip_id, :url, :embed_url, :thumbnail_url
) AS is_shown
FROM settled;

-- name: forget_own_clips(days)
DELETE FROM own_clips WHERE settled_at < now() - make_interval(days => :days) RETURNING moment_id;
