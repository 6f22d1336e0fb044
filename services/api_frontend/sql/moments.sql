-- name: newest_places(from_at, before_at, before_id, most)
-- The keyset: an index scan from the cursor on, never a sort.
SELECT crossed_at, moment_id FROM moments
WHERE crossed_at >= :from_at AND (crossed_at, moment_id) < (:before_at, :before_id)
ORDER BY crossed_at DESC, moment_id DESC
LIMIT :most;

-- name: newest_places_of_channel(channel_id, from_at, before_at, before_id, most)
SELECT crossed_at, moment_id FROM moments
WHERE channel_id = :channel_id
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

-- name: by_ids(ids)
SELECT
    m.moment_id, m.revision_number, m.channel_id, m.detector_name, m.detector_version,
    m.stream_id, m.stream_started_at, m.crossed_at, m.peak_at, m.closed_at,
    m.score, m.times_usual, m.cause, m.evidence::text AS evidence,
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
    ORDER BY crossed_at DESC, moment_id DESC
    LIMIT :most
) m
LEFT JOIN clips c ON c.moment_id = m.moment_id;
