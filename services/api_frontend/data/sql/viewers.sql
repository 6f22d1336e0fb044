-- What viewers clipped. Nothing of a channel that has opted out.

-- name: newest_viewer_places(channel_id, days, most)
SELECT clip_id, stream_id, started_at, ended_at, viewers, views, url FROM visible_viewer_places
WHERE channel_id = :channel_id AND started_at > now() - make_interval(days => :days::integer)
ORDER BY started_at DESC, clip_id LIMIT :most;

-- name: viewer_places_of_stream(channel_id, stream_id, from_at, until_at, most)
SELECT clip_id, stream_id, started_at, ended_at, viewers, views, url FROM visible_viewer_places
WHERE channel_id = :channel_id AND started_at >= :from_at AND started_at < :until_at AND stream_id = :stream_id
ORDER BY viewers DESC, views DESC, started_at, clip_id LIMIT :most;

-- name: self_score_steps(days, channel_id)
-- By detector and threshold; the sums of places and times are the same in each row of a detector.
SELECT
    s.detector, step.number AS step, sum(s.places)::integer AS places, sum(s.unread)::integer AS unread,
    sum(s.seconds)::bigint AS seconds, sum(s.moments[step.number])::integer AS moments,
    sum(s.clipped[step.number])::integer AS clipped, sum(s.found[step.number])::integer AS found,
    sum(s.by_chance[step.number])::double precision AS by_chance
FROM self_scores AS s CROSS JOIN LATERAL generate_subscripts(s.found, 1) AS step(number)
WHERE s.day > (now() AT TIME ZONE 'UTC')::date - :days::integer
    AND (:channel_id::text IS NULL OR s.channel_id = :channel_id)
    AND s.channel_id NOT IN (SELECT channel_id FROM opted_out)
GROUP BY s.detector, step.number
ORDER BY s.detector, step.number;

-- name: self_score_beside(days, channel_id, detector)
-- Ours, of the days and channels in which an experimental detector ran.
SELECT
    s.detector, step.number AS step, sum(s.places)::integer AS places, sum(s.unread)::integer AS unread,
    sum(s.seconds)::bigint AS seconds, sum(s.moments[step.number])::integer AS moments,
    sum(s.clipped[step.number])::integer AS clipped, sum(s.found[step.number])::integer AS found,
    sum(s.by_chance[step.number])::double precision AS by_chance
FROM self_scores AS s CROSS JOIN LATERAL generate_subscripts(s.found, 1) AS step(number)
WHERE s.detector = '' AND s.day > (now() AT TIME ZONE 'UTC')::date - :days::integer
    AND (:channel_id::text IS NULL OR s.channel_id = :channel_id)
    AND s.channel_id NOT IN (SELECT channel_id FROM opted_out)
    AND EXISTS (
        SELECT FROM self_scores AS beside
        WHERE beside.channel_id = s.channel_id AND beside.day = s.day AND beside.detector = :detector
    )
GROUP BY s.detector, step.number
ORDER BY step.number;

-- name: self_score_channels(days, channel_id, most)
SELECT
    coalesce(c.login, s.channel_id) AS name, sum(s.places)::integer AS places, sum(s.unread)::integer AS unread,
    sum(s.found[1])::integer AS found, sum(s.moments[1])::integer AS moments, sum(s.clipped[1])::integer AS clipped
FROM self_scores AS s LEFT JOIN channels AS c ON c.channel_id = s.channel_id
WHERE s.detector = '' AND s.day > (now() AT TIME ZONE 'UTC')::date - :days::integer
    AND (:channel_id::text IS NULL OR s.channel_id = :channel_id)
    AND s.channel_id NOT IN (SELECT channel_id FROM opted_out)
GROUP BY s.channel_id, c.login
ORDER BY places DESC, moments DESC, name LIMIT :most;

-- name: self_score_by_day(days, channel_id)
SELECT
    s.day, sum(s.places)::integer AS places, sum(s.unread)::integer AS unread, sum(s.found[1])::integer AS found,
    sum(s.moments[1])::integer AS moments, sum(s.clipped[1])::integer AS clipped
FROM self_scores AS s
WHERE s.detector = '' AND s.day > (now() AT TIME ZONE 'UTC')::date - :days::integer
    AND (:channel_id::text IS NULL OR s.channel_id = :channel_id)
    AND s.channel_id NOT IN (SELECT channel_id FROM opted_out)
GROUP BY s.day
ORDER BY s.day DESC;
