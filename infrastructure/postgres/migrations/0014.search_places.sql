-- Searches find the first of a list without reading all that has the words: beside its words, the index of a moment
-- holds where in the lists it is. The site asks for the words within a stretch of time, or within a grade.
-- Changes the catalogue alone; 0015 makes the index.
-- depends: 0013.voices

-- The three hours of a time, counted from 1970.
CREATE FUNCTION three_hours(at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN floor(extract(EPOCH FROM at - timestamptz '1970-01-01 00:00:00+00') / 10800)::bigint;

-- A moment's words with its three hours (@t), its four days of 32 times three hours (@b) and its grade (@g). No word has
-- an @: `search_words` parts words by punctuation.
CREATE FUNCTION moment_places(search tsvector, crossed_at timestamptz, grade smallint) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search || array_to_tsvector(ARRAY[
    '@t' || three_hours(crossed_at)::text, '@b' || (three_hours(crossed_at) / 32)::text, '@g' || grade::text
]);

-- What matches these words in a stretch of time, and some around it; at any time where it is open or has years. A long
-- one is told in whole blocks of four days, a short one to three hours.
CREATE FUNCTION in_stretch(words tsquery, from_at timestamptz, until_at timestamptz) RETURNS tsquery
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH stretch AS (
        SELECT
            CASE WHEN isfinite(from_at) AND isfinite(until_at) THEN three_hours(from_at) END AS first,
            CASE WHEN isfinite(from_at) AND isfinite(until_at) THEN three_hours(until_at) END AS last
    ),
    blocks AS (
        SELECT
            first, last,
            CASE WHEN last - first > 400 THEN first / 32 ELSE (first + 31) / 32 END AS first_block,
            CASE WHEN last - first > 400 THEN last / 32 ELSE (last + 1) / 32 - 1 END AS last_block
        FROM stretch
        WHERE last - first < 12000
    ),
    parts AS (
        SELECT '@t' || generate_series(first, least(32 * first_block - 1, last)) AS place FROM blocks
        UNION ALL
        SELECT '@b' || generate_series(first_block, last_block) FROM blocks
        UNION ALL
        SELECT '@t' || generate_series(greatest(32 * (last_block + 1), least(32 * first_block, last + 1)), last)
        FROM blocks
    )
    SELECT coalesce(words && string_agg(quote_literal(place), '|')::tsquery, words) FROM parts
$$;

-- The words stay in the rows, where a search looks at the first of a list; documents stay outside. Rows that are there
-- stay as they are.
ALTER TABLE moments SET (toast_tuple_target = 640);

CREATE OR REPLACE VIEW shown_moments AS
SELECT
    m.moment_id, m.revision_number, m.channel_id, m.crossed_at, m.mood, m.causes, m.shadow, m.biggest_in_seconds,
    m.title, m.game_name, m.language, m.grade, m.search, moment_document(m) AS document,
    (SELECT c.status FROM clips AS c WHERE c.moment_id = m.moment_id) AS clip_status, m.recorded_at,
    moment_places(m.search, m.crossed_at, m.grade) AS places
FROM moments AS m
WHERE nullif(coalesce((SELECT true FROM hidden_moments AS h WHERE h.moment_id = m.moment_id), false), true)
        IS NOT NULL
    AND nullif(coalesce((SELECT o.is_out FROM opt_outs AS o WHERE o.channel_id = m.channel_id), false), true)
        IS NOT NULL;
CREATE OR REPLACE VIEW visible_moments AS SELECT * FROM shown_moments WHERE NOT shadow;
