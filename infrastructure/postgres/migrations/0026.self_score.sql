-- Which of our moments viewers clipped, what only they found, and how good that says the detector is. Changes the
-- catalogue alone: `moments` gets columns with constant defaults. 0027 makes the index.
-- depends: 0025.viewer_clips

-- `viewer_clips`: how many viewers clipped what the moment shows; `viewer_clip_id`: the most viewed of their clips.
ALTER TABLE moments
    ADD COLUMN viewer_clips   integer NOT NULL DEFAULT 0,
    ADD COLUMN viewer_clip_id text;

-- When the row was last written: what came since then is scored anew.
ALTER TABLE viewer_clips ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();

-- The days (UTC) of channels that are scored. `noted_at`: when something of it last changed; `is_due`: it is to be
-- scored; `is_settled`: it was scored once when nothing more was on its way.
CREATE TABLE self_score_days (
    channel_id text NOT NULL,
    day        date NOT NULL,
    noted_at   timestamptz NOT NULL,
    scored_at  timestamptz,
    is_due     boolean NOT NULL DEFAULT true,
    is_settled boolean NOT NULL DEFAULT false,
    PRIMARY KEY (channel_id, day)
);
CREATE INDEX self_score_days_open ON self_score_days (day DESC) WHERE is_due OR NOT is_settled;
CREATE INDEX self_score_days_noted ON self_score_days (noted_at);

-- `detector`: empty for the moments that visitors see, else the name of an experimental one. `places`: those that two
-- or more viewers clipped in chat that was read; `unread`: the others. `seconds`: how long chat was read. The arrays
-- have one number for each of self_score.sweep.THRESHOLDS; the first is of all moments.
CREATE TABLE self_scores (
    channel_id text NOT NULL,
    day        date NOT NULL,
    detector   text NOT NULL,
    places     integer NOT NULL,
    unread     integer NOT NULL,
    seconds    integer NOT NULL,
    moments    integer[] NOT NULL,
    clipped    integer[] NOT NULL,
    found      integer[] NOT NULL,
    by_chance  real[] NOT NULL,
    PRIMARY KEY (channel_id, day, detector)
);
CREATE INDEX self_scores_day ON self_scores (day);

-- What viewers clipped, clips of the same thing together. `clip_id`: the most viewed one; `viewers`: how many people
-- made clips of it; `moment_id`: our moment there, null where viewers alone found it.
CREATE TABLE viewer_places (
    clip_id    text PRIMARY KEY,
    channel_id text NOT NULL,
    day        date NOT NULL,
    stream_id  text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL,
    viewers    integer NOT NULL,
    views      bigint NOT NULL,
    moment_id  text
);
CREATE INDEX viewer_places_channel ON viewer_places (channel_id, day);
CREATE INDEX viewer_places_missed ON viewer_places (channel_id, started_at DESC) WHERE moment_id IS NULL;

-- What visitors see of the places that viewers alone found; never a title, which is one stranger's words.
CREATE VIEW visible_viewer_places AS
SELECT p.clip_id, p.channel_id, p.stream_id, p.started_at, p.ended_at, p.viewers, p.views, v.url
FROM viewer_places AS p JOIN visible_viewer_clips AS v ON v.clip_id = p.clip_id
WHERE p.moment_id IS NULL;

-- Who clipped a moment on Twitch likes it, as who says "Good one" here.
CREATE OR REPLACE FUNCTION count_voices(of_moment text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.moments AS m SET
        recorded_grade = coalesce(m.recorded_grade, m.grade),
        verdict_steps = told.steps,
        grade = public.graded(coalesce(m.recorded_grade, m.grade), told.steps)
    FROM (
        SELECT public.verdict_steps(
            count(v.moment_id) FILTER (WHERE v.verdict IS DISTINCT FROM 'not_really') + max(own.viewer_clips),
            count(v.moment_id) FILTER (WHERE v.verdict = 'not_really')
        ) AS steps
        FROM public.moments AS own
        LEFT JOIN public.voices AS v ON v.moment_id = own.moment_id AND v.counts
        WHERE own.moment_id = of_moment
    ) AS told
    WHERE m.moment_id = of_moment AND m.verdict_steps <> told.steps
$$;

-- The recorder's way to say how many viewers clipped a moment, and which clip leads there. True if that is news.
CREATE FUNCTION note_viewers(of_moment text, viewers integer, clip text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.moments AS m SET viewer_clips = viewers, viewer_clip_id = clip, recorded_at = now()
    WHERE m.moment_id = of_moment
        AND (m.viewer_clips <> viewers OR m.viewer_clip_id IS DISTINCT FROM clip);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM public.count_voices(of_moment);
    RETURN true;
END
$$;

CREATE OR REPLACE VIEW shown_moments AS
SELECT
    m.moment_id, m.revision_number, m.channel_id, m.crossed_at, m.mood, m.causes, m.shadow, m.biggest_in_seconds,
    m.title, m.game_name, m.language, m.grade, m.search, moment_document(m) AS document,
    (SELECT c.status FROM clips AS c WHERE c.moment_id = m.moment_id) AS clip_status, m.recorded_at,
    moment_places(m.search, m.crossed_at, m.grade) AS places, m.viewer_clips, m.viewer_clip_id
FROM moments AS m
WHERE nullif(coalesce((SELECT true FROM hidden_moments AS h WHERE h.moment_id = m.moment_id), false), true)
        IS NOT NULL
    AND nullif(coalesce((SELECT o.is_out FROM opt_outs AS o WHERE o.channel_id = m.channel_id), false), true)
        IS NOT NULL;
CREATE OR REPLACE VIEW visible_moments AS SELECT * FROM shown_moments WHERE NOT shadow;
