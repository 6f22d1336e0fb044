-- What visitors say of moments without an account, and how that moves the grade: docs/best.md explains it.
-- depends: 0012.api

-- The key that signs visitors' cookies, drawn by chance for each database. DEPLOYMENT.md says how to change it.
CREATE TABLE visitor_key (key text PRIMARY KEY);
INSERT INTO visitor_key SELECT gen_random_uuid()::text || gen_random_uuid()::text;

-- One row for each visitor and moment. `visitor` is a hash of the number in the visitor's cookie; where it came from is
-- not stored. `counts`: whether the network had voices left that day, so that it moves the grade.
CREATE TABLE voices (
    moment_id  text NOT NULL,
    visitor    bytea NOT NULL CHECK (octet_length(visitor) = 16),
    channel_id text NOT NULL,
    verdict    text CHECK (verdict IN ('good', 'not_really')),
    saved_at   timestamptz,
    counts     boolean NOT NULL,
    given_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (moment_id, visitor),
    CHECK (verdict IS NOT NULL OR saved_at IS NOT NULL)
);
CREATE INDEX voices_visitor ON voices (visitor, saved_at DESC);
CREATE INDEX voices_channel ON voices (channel_id);
CREATE INDEX voices_given ON voices (given_at);

-- `recorded_grade`: the grade without verdicts; null where there never was one.
ALTER TABLE moments
    ADD COLUMN recorded_grade smallint,
    ADD COLUMN verdict_steps  smallint NOT NULL DEFAULT 0;

-- How many steps verdicts move a grade: at most four, and one voice alone none.
CREATE FUNCTION verdict_steps(good bigint, not_really bigint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(-4, least(4, trunc(2 * log(2, (good + 3)::numeric / (not_really + 3)))))::smallint;

CREATE FUNCTION graded(recorded_grade smallint, steps smallint) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(0, least(31, recorded_grade + steps))::smallint;

-- Counts a moment's voices anew; the caller holds the moment's row. Who saved it and says nothing else likes it.
CREATE FUNCTION count_voices(of_moment text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE public.moments AS m SET
        recorded_grade = coalesce(m.recorded_grade, m.grade),
        verdict_steps = told.steps,
        grade = public.graded(coalesce(m.recorded_grade, m.grade), told.steps)
    FROM (
        SELECT public.verdict_steps(
            count(*) FILTER (WHERE v.verdict IS DISTINCT FROM 'not_really'),
            count(*) FILTER (WHERE v.verdict = 'not_really')
        ) AS steps
        FROM public.voices AS v WHERE v.moment_id = of_moment AND v.counts
    ) AS told
    WHERE m.moment_id = of_moment AND m.verdict_steps <> told.steps
$$;

-- The website's only way to write voices. `says`: good, not_really, or none to take it back; null leaves it as it is.
-- `saves` likewise. Returns nothing if visitors see no such moment, and 'full' if so many are saved already.
CREATE FUNCTION give_voice(
    of_moment text, of_visitor bytea, says text, saves boolean, may_count boolean, most_saved integer
) RETURNS TABLE (outcome text, own_verdict text, is_saved boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own public.voices;
    of_channel text;
BEGIN
    SELECT m.channel_id INTO of_channel FROM public.moments AS m WHERE m.moment_id = of_moment FOR UPDATE;
    PERFORM FROM public.visible_moments AS m WHERE m.moment_id = of_moment;
    IF NOT FOUND OR of_channel IS NULL THEN
        RETURN;
    END IF;
    SELECT * INTO own FROM public.voices AS v WHERE v.moment_id = of_moment AND v.visitor = of_visitor;
    IF saves AND own.saved_at IS NULL AND most_saved <= (
        SELECT count(*) FROM public.voices AS v WHERE v.visitor = of_visitor AND v.saved_at IS NOT NULL
    ) THEN
        RETURN QUERY SELECT 'full', own.verdict, false;
        RETURN;
    END IF;
    own.verdict := CASE WHEN says IS NULL THEN own.verdict WHEN says <> 'none' THEN says END;
    own.saved_at := CASE WHEN coalesce(saves, own.saved_at IS NOT NULL) THEN coalesce(own.saved_at, now()) END;
    IF own.verdict IS NULL AND own.saved_at IS NULL THEN
        DELETE FROM public.voices AS v WHERE v.moment_id = of_moment AND v.visitor = of_visitor;
    ELSE
        INSERT INTO public.voices AS known (moment_id, visitor, channel_id, verdict, saved_at, counts)
        VALUES (of_moment, of_visitor, of_channel, own.verdict, own.saved_at, may_count)
        ON CONFLICT (moment_id, visitor) DO UPDATE SET
            verdict = excluded.verdict, saved_at = excluded.saved_at, counts = known.counts OR excluded.counts,
            given_at = now();
    END IF;
    PERFORM public.count_voices(of_moment);
    RETURN QUERY SELECT 'given', own.verdict, own.saved_at IS NOT NULL;
END
$$;

-- Deletes voices moment by moment, each row of `moments` first, as `give_voice` does, so that the two never wait for
-- each other. Only the owner may say which.
CREATE FUNCTION forget_voices(of_visitor bytea, given_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told text;
    forgotten bigint := 0;
    here bigint;
BEGIN
    FOR told IN
        SELECT DISTINCT v.moment_id FROM public.voices AS v
        WHERE v.visitor = of_visitor OR v.given_at < given_before
        ORDER BY v.moment_id
    LOOP
        PERFORM FROM public.moments AS m WHERE m.moment_id = told FOR UPDATE;
        DELETE FROM public.voices AS v
        WHERE v.moment_id = told AND (v.visitor = of_visitor OR v.given_at < given_before);
        GET DIAGNOSTICS here = ROW_COUNT;
        forgotten := forgotten + here;
        PERFORM public.count_voices(told);
    END LOOP;
    RETURN forgotten;
END
$$;

-- What a visitor may have forgotten, and what the recorder forgets by age.
CREATE FUNCTION forget_visitor(of_visitor bytea) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT public.forget_voices(of_visitor, NULL) $$;
CREATE FUNCTION forget_old_voices(days integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT public.forget_voices(NULL, now() - make_interval(days => days)) $$;
