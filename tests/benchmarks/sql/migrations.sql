-- What a reader and a writer of any version do, in columns that every version has.

-- name: fill_moments(first, last, channels, templates)!
INSERT INTO moments (
    moment_id, revision_number, channel_id, detector_name, detector_version, stream_id, crossed_at, peak_at, score,
    times_usual, cause, evidence
)
SELECT
    'm' || number, 3, (10000000 + number %% :channels)::text, 'crowd', 1, 'stream-' || number %% 5000,
    now() - number * interval '30 s', now() - number * interval '30 s', 9, 4,
    CASE WHEN number %% 11 = 0 THEN 'raid' END, template.evidence
FROM generate_series(:first::integer, :last::integer) AS number
JOIN template_evidence AS template ON template.template_id = number %% :templates::integer;

-- name: fill_clips()!
INSERT INTO clips (moment_id, revision_number, channel_id, crossed_at, status, decided_at, clip_id)
SELECT moment_id, 2, channel_id, crossed_at, 'made', crossed_at, 'clip-' || moment_id
FROM moments WHERE hashtext(moment_id) %% 5 < 3;

-- name: fill_streams()!
INSERT INTO streams (stream_id, channel_id, started_at, title, game_name, language, updated_at)
SELECT 'stream-' || number, '10000001', now(), 'title ' || number, 'game ' || number %% 300, 'en', now()
FROM generate_series(0, 4999) AS number;

-- name: read(moment_ids)
SELECT m.moment_id, m.channel_id, m.crossed_at, m.score, c.url
FROM moments AS m LEFT JOIN clips AS c ON c.moment_id = m.moment_id
WHERE m.moment_id = ANY(:moment_ids) ORDER BY m.crossed_at DESC;

-- name: write_moment(moment_id)!
INSERT INTO moments (
    moment_id, revision_number, channel_id, detector_name, detector_version, crossed_at, peak_at, score, times_usual,
    evidence
)
VALUES (:moment_id, 1, '10000001', 'crowd', 1, now(), now(), 9, 4, '{}')
ON CONFLICT (moment_id) DO UPDATE SET revision_number = moments.revision_number, recorded_at = now();

-- name: write_clip(moment_id)!
INSERT INTO clips (moment_id, revision_number, channel_id, crossed_at, status, decided_at)
VALUES (:moment_id, 1, '10000001', now(), 'intent', now())
ON CONFLICT (moment_id) DO UPDATE SET decided_at = now();
