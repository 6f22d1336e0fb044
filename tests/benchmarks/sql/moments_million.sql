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
-- Moments spread evenly over the days before now; a channel's share falls with its rank, as audiences do. One of
-- thirteen comes from an experimental detector.
INSERT INTO moments (
    moment_id, revision_number, channel_id, crossed_at, mood, causes, shadow, recorded_at, biggest_in_seconds,
    title, game_name, language, document, grade, search
)
SELECT
    whole.*, moment_grade(whole.document),
    search_words(concat_ws(' ', channels.login, channels.display_name, whole.title, whole.game_name))
FROM (
SELECT
    made.moment_id, 3, made.channel_id, made.crossed_at, made.mood, made.causes, made.shadow,
    made.crossed_at + interval '35 s', made.biggest_in_seconds, made.title, made.game_name, made.language,
    jsonb_strip_nulls(jsonb_build_object(
        'schema_version', 1,
        'moment_id', made.moment_id,
        'revision', 'closed',
        'revision_number', 3,
        'detector_name', 'crowd',
        'detector_version', 1,
        'channel_id', made.channel_id,
        'crossed_at', epoch_ms(made.crossed_at),
        'peak_at', epoch_ms(made.crossed_at) + 3000,
        'closed_at', epoch_ms(made.crossed_at) + 33000,
        'score', (6 + 14 * made.luck ^ 3)::real,
        'times_usual', (2 + 30 * made.luck ^ 4)::real,
        'causes', to_jsonb(made.causes),
        'mood', made.mood,
        'mood_share', made.luck::real,
        'biggest_in_seconds', made.biggest_in_seconds,
        'shadow', made.shadow,
        'stream_id', 'stream-' || made.channel_id || '-' || to_char(made.crossed_at, 'YYYYMMDD'),
        'stream_started_at', epoch_ms(date_trunc('day', made.crossed_at)),
        'evidence', template.evidence
    )) AS document
FROM (
    SELECT
        drawn.number, drawn.luck,
        channel.channel_id,
        md5(channel.channel_id || drawn.number::text) AS moment_id,
        to_timestamp(round(
            1000 * (:now_seconds::double precision - drawn.number * (:days::double precision * 86400 / :moments))
        ) / 1000) AS crossed_at,
        drawn.number %% 13 = 0 AS shadow,
        (600 * power(7000, drawn.luck * drawn.luck))::integer AS biggest_in_seconds,
        (ARRAY['first try', 'road to diamond', 'chill stream', 'no deaths run', 'drops on'])[1 + channel.place %% 5]
            || ' word' || (drawn.number / 50) %% 20000 || ' day ' || drawn.number %% 365 AS title,
        'game ' || power(1000, random())::integer AS game_name,
        (ARRAY['en', 'en', 'en', 'en', 'es', 'de', 'pt', 'ja', 'ko', 'fi'])[1 + channel.place %% 10] AS language,
        (ARRAY['laughter', 'hype', 'awe', 'dismay', NULL])[1 + drawn.number %% 5] AS mood,
        CASE
            WHEN drawn.number %% 11 = 0 THEN ARRAY['raid']
            WHEN drawn.number %% 17 = 0 THEN ARRAY['gifts']
            ELSE '{}'
        END AS causes
    FROM (
        SELECT number, random() AS luck, power(:channels::double precision, random()) AS rank
        FROM generate_series(:first::integer, :last::integer) AS number
    ) AS drawn
    JOIN template_channels AS channel ON channel.place = drawn.rank::integer
) AS made
JOIN template_evidence AS template ON template.template_id = made.number %% :templates::integer
ORDER BY made.number DESC
) AS whole
JOIN channels ON channels.channel_id = whole.channel_id
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
        moment_id, channel_id, crossed_at, (document ->> 'times_usual')::real AS times_usual,
        (ARRAY['made', 'made', 'made', 'made', 'made', 'made', 'made', 'made', 'made',
               'refused', 'skipped', 'too_late'])[1 + get_byte(decode(moment_id, 'hex'), 0) * 12 / 256] AS status
    FROM moments
    WHERE NOT shadow AND get_byte(decode(moment_id, 'hex'), 1) < 154
    ORDER BY crossed_at
) AS chosen
ON CONFLICT (moment_id) DO NOTHING;
