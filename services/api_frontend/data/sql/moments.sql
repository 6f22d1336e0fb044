-- name: by_ids(ids)
SELECT
    m.document::text AS document, m.title AS stream_title, m.game_name, m.language,
    m.grade, tsvector_to_array(m.search) AS words,
    coalesce(channels.login, watched.login) AS login,
    coalesce(channels.display_name, watched.login) AS display_name,
    c.revision_number AS clip_revision, c.status, c.decided_at, c.reason, c.title, c.duration_seconds,
    c.clip_id, c.url, c.embed_url, c.thumbnail_url, c.vod_url,
    m.viewer_clips, v.url AS viewer_clip_url, greatest(m.recorded_at, c.recorded_at) AS changed_at
FROM shown_moments m
LEFT JOIN visible_clips c ON c.moment_id = m.moment_id
LEFT JOIN visible_viewer_clips v ON v.clip_id = m.viewer_clip_id
LEFT JOIN channels ON channels.channel_id = m.channel_id
LEFT JOIN watched_channels watched ON watched.channel_id = m.channel_id
WHERE m.moment_id = ANY(:ids);

-- name: recent_versions(most)
-- The safety net under NOTIFY, and what a returning page has missed.
SELECT
    m.moment_id, m.revision_number, coalesce(c.revision_number, 0) AS clip_revision, m.viewer_clips,
    greatest(m.recorded_at, c.recorded_at) AS changed_at
FROM (
    SELECT moment_id, revision_number, viewer_clips, recorded_at FROM visible_moments
    ORDER BY crossed_at DESC, moment_id DESC
    LIMIT :most
) m
LEFT JOIN visible_clips c ON c.moment_id = m.moment_id;
