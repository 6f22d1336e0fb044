-- name: newest_places(from_at, before_at, before_id, most)
-- The keyset: an index scan from the cursor on, never a sort.
SELECT crossed_at, moment_id FROM moments
WHERE NOT shadow
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: newest_places_of_channel(channel_id, from_at, before_at, before_id, most)
SELECT crossed_at, moment_id FROM moments
WHERE NOT shadow AND channel_id = :channel_id
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: newest_clip_places(from_at, before_at, before_id, most)
-- A clip may be recorded before its moment: the reader of the places leaves out what has none yet.
SELECT crossed_at, moment_id FROM clips
WHERE status = 'made'
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: newest_clip_places_of_channel(channel_id, from_at, before_at, before_id, most)
SELECT crossed_at, moment_id FROM clips
WHERE status = 'made' AND channel_id = :channel_id
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: places_of_channel_and_mood(channel_id, mood, cause, clips_only, from_at, before_at, before_id, most)
-- One index is walked; the channel's has mood and cause at its end, so that only rows that fit are looked at.
SELECT crossed_at, moment_id FROM moments m
WHERE NOT shadow AND channel_id = :channel_id AND mood = :mood
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
  AND (:cause::text IS NULL OR causes[1] = :cause)
  AND (NOT :clips_only OR (SELECT status FROM clips c WHERE c.moment_id = m.moment_id) = 'made')
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: places_of_channel_and_cause(channel_id, cause, clips_only, from_at, before_at, before_id, most)
SELECT crossed_at, moment_id FROM moments m
WHERE NOT shadow AND channel_id = :channel_id AND causes[1] = :cause
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
  AND (NOT :clips_only OR (SELECT status FROM clips c WHERE c.moment_id = m.moment_id) = 'made')
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: places_of_mood(mood, cause, clips_only, from_at, before_at, before_id, most)
SELECT crossed_at, moment_id FROM moments m
WHERE NOT shadow AND mood IS NOT NULL AND mood = :mood
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
  AND (:cause::text IS NULL OR causes[1] = :cause)
  AND (NOT :clips_only OR (SELECT status FROM clips c WHERE c.moment_id = m.moment_id) = 'made')
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: places_of_cause(cause, clips_only, from_at, before_at, before_id, most)
SELECT crossed_at, moment_id FROM moments m
WHERE NOT shadow AND causes[1] IS NOT NULL AND causes[1] = :cause
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
  AND (NOT :clips_only OR (SELECT status FROM clips c WHERE c.moment_id = m.moment_id) = 'made')
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: shadow_places(channel_id, mood, cause, from_at, before_at, before_id, most)
-- What detectors on trial have found: for operators, who are few, and have no clips.
SELECT crossed_at, moment_id FROM moments
WHERE shadow
  AND crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
  AND (:channel_id::text IS NULL OR channel_id = :channel_id)
  AND (:mood::text IS NULL OR mood = :mood)
  AND (:cause::text IS NULL OR causes[1] = :cause)
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: by_ids(ids)
SELECT
    m.moment_id, m.revision_number, m.channel_id, m.detector_name, m.detector_version,
    m.stream_id, m.stream_started_at, m.crossed_at, m.peak_at, m.closed_at,
    m.score, m.times_usual, m.causes, m.mood, m.mood_share, m.biggest_in_seconds,
    m.clip_from_at, m.clip_until_at, m.no_clip_reason, m.shadow, m.evidence::text AS evidence,
    coalesce(channels.login, watched.login) AS login,
    coalesce(channels.display_name, watched.login) AS display_name,
    c.revision_number AS clip_revision, c.status, c.decided_at, c.reason, c.title, c.duration_seconds,
    c.clip_id, c.url, c.embed_url, c.thumbnail_url, c.vod_url,
    greatest(m.recorded_at, c.recorded_at) AS changed_at
FROM moments m
LEFT JOIN clips c ON c.moment_id = m.moment_id
LEFT JOIN channels ON channels.channel_id = m.channel_id
LEFT JOIN watched_channels watched ON watched.channel_id = m.channel_id
WHERE m.moment_id = ANY(:ids);

-- name: recent_versions(most)
-- What the newest moments look like now: the safety net under NOTIFY, and what a returning page has missed.
SELECT
    m.moment_id, m.revision_number, coalesce(c.revision_number, 0) AS clip_revision,
    greatest(m.recorded_at, c.recorded_at) AS changed_at
FROM (
    SELECT moment_id, revision_number, recorded_at FROM moments
    WHERE NOT shadow
    ORDER BY crossed_at DESC, moment_id DESC
    LIMIT :most
) m
LEFT JOIN clips c ON c.moment_id = m.moment_id;
