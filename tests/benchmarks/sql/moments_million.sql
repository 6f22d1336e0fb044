-- name: make_templates()#
CREATE TEMPORARY TABLE template_evidence (template_id integer PRIMARY KEY, evidence jsonb NOT NULL);
CREATE TEMPORARY TABLE template_channels (place integer PRIMARY KEY, channel_id text NOT NULL, login text NOT NULL);

-- name: add_evidence(template_id, evidence)*!
INSERT INTO template_evidence (template_id, evidence) VALUES (:template_id, :evidence::jsonb);

-- name: add_channel(place, channel_id, login)*!
INSERT INTO template_channels (place, channel_id, login) VALUES (:place, :channel_id, :login);

-- name: fill_channels()!
INSERT INTO channels (channel_id, login, display_name, updated_at)
SELECT channel_id, login, initcap(login), now() FROM template_channels
ON CONFLICT (channel_id) DO NOTHING;

-- name: fill_moments(now_seconds, days, moments, channels, templates, first, last)!
-- Moments evenly over the days before now; a channel's share falls with its rank, as audiences do. One of thirteen
-- is of a detector on trial.
INSERT INTO moments (
    moment_id, revision_number, channel_id, detector_name, detector_version, stream_id, stream_started_at,
    crossed_at, peak_at, closed_at, score, times_usual, causes, mood, mood_share, biggest_in_seconds, shadow, evidence, recorded_at
)
SELECT
    md5(made.channel_id || made.number::text), 3, made.channel_id, 'chatters', 1,
    'stream-' || made.channel_id || '-' || to_char(made.crossed_at, 'YYYYMMDD'),
    date_trunc('day', made.crossed_at),
    made.crossed_at, made.crossed_at + interval '3 s', made.crossed_at + interval '33 s',
    (6 + 14 * made.luck ^ 3)::real, (2 + 30 * made.luck ^ 4)::real,
    CASE WHEN made.number %% 11 = 0 THEN ARRAY['raid'] WHEN made.number %% 17 = 0 THEN ARRAY['gifts'] ELSE '{}' END,
    (ARRAY['laughter', 'hype', 'awe', 'dismay', NULL])[1 + made.number %% 5],
    made.luck::real, (86400 * made.luck)::integer, made.number %% 13 = 0,
    template.evidence, made.crossed_at + interval '35 s'
FROM (
    SELECT
        drawn.number, drawn.luck,
        channel.channel_id,
        to_timestamp(:now_seconds::double precision - drawn.number * (:days::double precision * 86400 / :moments))
            AS crossed_at
    FROM (
        SELECT number, random() AS luck, power(:channels::double precision, random()) AS rank
        FROM generate_series(:first::integer, :last::integer) AS number
    ) AS drawn
    JOIN template_channels AS channel ON channel.place = drawn.rank::integer
) AS made
JOIN template_evidence AS template ON template.template_id = made.number %% :templates::integer
ORDER BY made.number DESC
ON CONFLICT (moment_id) DO NOTHING;

-- name: fill_clips()!
-- Six moments of ten have a clip's outcome; nine outcomes of ten are a made clip.
INSERT INTO clips (
    moment_id, revision_number, channel_id, crossed_at, status, decided_at, reason, title, duration_seconds,
    clip_id, url, embed_url, thumbnail_url, vod_url, recorded_at
)
SELECT
    moment_id, 2, channel_id, crossed_at, status, crossed_at + interval '50 s',
    CASE status WHEN 'refused' THEN 'clips are restricted' WHEN 'skipped' THEN 'cool-down' ELSE '' END,
    'chat ' || round(times_usual::numeric, 1) || ' times its usual', 30,
    CASE WHEN status = 'made' THEN 'Clip' || moment_id END,
    CASE WHEN status = 'made' THEN 'https://clips.example/' || moment_id END,
    CASE WHEN status = 'made' THEN 'https://clips.example/embed?clip=' || moment_id END,
    CASE WHEN status = 'made' THEN 'https://thumbnails.example/' || moment_id || '-480x272.jpg' END,
    CASE WHEN status = 'too_late' THEN 'https://videos.example/1?t=1h2m3s' END,
    crossed_at + interval '80 s'
FROM (
    SELECT
        moment_id, channel_id, crossed_at, times_usual,
        (ARRAY['made', 'made', 'made', 'made', 'made', 'made', 'made', 'made', 'made',
               'refused', 'skipped', 'too_late'])[1 + get_byte(decode(moment_id, 'hex'), 0) * 12 / 256] AS status
    FROM moments
    WHERE NOT shadow AND get_byte(decode(moment_id, 'hex'), 1) < 154
    ORDER BY crossed_at
) AS chosen
ON CONFLICT (moment_id) DO NOTHING;
