-- What the stream was when a moment happened, how good the moment is, what people search for, and what visitors see:
-- neither experimental nor hidden nor of a channel that has opted out. Writes every row of `moments` once, five
-- hundred at a time while others read and write (a million: some minutes); broken off, it begins anew.
-- transactional: false
-- depends: 0009.partitions

CREATE TABLE IF NOT EXISTS hidden_moments (
    moment_id text PRIMARY KEY,
    hidden_at timestamptz NOT NULL DEFAULT now(),
    why       text NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS hidden_moments_newest ON hidden_moments (hidden_at);

-- What visitors report. It removes nothing: an operator reads it (`make reports`).
CREATE TABLE IF NOT EXISTS reports (
    moment_id   text NOT NULL,
    reason      text NOT NULL CHECK (reason IN ('words', 'person', 'wrong', 'other')),
    times       integer NOT NULL DEFAULT 1,
    reported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (moment_id, reason)
);

-- Documents, which only whole moments need, move out of the rows that lists walk.
ALTER TABLE moments SET (toast_tuple_target = 256);
ALTER TABLE moments
    ADD COLUMN IF NOT EXISTS title     text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS game_name text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS language  text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS grade     smallint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS search    tsvector NOT NULL DEFAULT '';

-- How good a moment is within its channel, 0 to 31, a third of a doubling a step; docs/best.md explains it.
CREATE OR REPLACE FUNCTION moment_grade(document jsonb) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN greatest(0, least(31, round(3 * (
    log(2, CASE
        WHEN coalesce((document -> 'evidence' ->> 'expected_chatters')::numeric, 0) > 0 THEN greatest(1,
            ((document -> 'evidence' ->> 'window_chatters')::numeric + 3)
            / ((document -> 'evidence' ->> 'expected_chatters')::numeric + 3))
        ELSE greatest(1, coalesce((document ->> 'times_usual')::numeric, 1))
    END)
    + log(2, 1 + greatest(0, coalesce((document ->> 'biggest_in_seconds')::numeric, 0)) / 3600) / 2
))))::smallint;

-- The words of a moment's stream. Punctuation parts words: Postgres would read "gta-5" as "gta" and "-5".
CREATE OR REPLACE FUNCTION search_words(texts text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('simple', translate(texts, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)));

DO $$
DECLARE
    done text := '';
    last text;
BEGIN
    LOOP
        SELECT max(moment_id) INTO last
        FROM (SELECT moment_id FROM moments WHERE moment_id > done ORDER BY moment_id LIMIT 500) AS next;
        EXIT WHEN last IS NULL;
        BEGIN
            UPDATE moments AS m SET
                biggest_in_seconds = coalesce((whole.document ->> 'biggest_in_seconds')::integer, m.biggest_in_seconds),
                grade = moment_grade(whole.document),
                title = coalesce(s.title, ''),
                game_name = coalesce(s.game_name, ''),
                language = coalesce(s.language, ''),
                search = search_words(concat_ws(' ', c.login, c.display_name, s.title, s.game_name))
            FROM moments AS o
            CROSS JOIN LATERAL (SELECT moment_document(o) AS document OFFSET 0) AS whole  -- made once
            LEFT JOIN streams AS s ON s.stream_id = coalesce(o.document ->> 'stream_id', o.stream_id)
            LEFT JOIN channels AS c ON c.channel_id = o.channel_id
            WHERE o.moment_id = m.moment_id AND o.moment_id > done AND o.moment_id <= last;
            done := last;
        EXCEPTION WHEN lock_not_available THEN
            NULL;  -- Somebody is at one of these rows: let go of the others, and try again.
        END;
        COMMIT;
    END LOOP;
END
$$;

-- Waits for statements under way, and holds nobody meanwhile.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS moments_newest_next;
CREATE INDEX CONCURRENTLY moments_newest_next ON moments (crossed_at DESC, moment_id DESC) INCLUDE (channel_id, biggest_in_seconds)
    WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_newest;
ALTER INDEX moments_newest_next RENAME TO moments_newest;
DROP INDEX CONCURRENTLY IF EXISTS moments_channel_next;
CREATE INDEX CONCURRENTLY moments_channel_next
    ON moments (channel_id, crossed_at DESC, moment_id DESC, mood, (causes[1]), game_name, language) WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_channel;
ALTER INDEX moments_channel_next RENAME TO moments_channel;
DROP INDEX CONCURRENTLY IF EXISTS moments_mood_next;
CREATE INDEX CONCURRENTLY moments_mood_next ON moments (mood, crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND mood IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS moments_mood;
ALTER INDEX moments_mood_next RENAME TO moments_mood;
DROP INDEX CONCURRENTLY IF EXISTS moments_cause_next;
CREATE INDEX CONCURRENTLY moments_cause_next ON moments ((causes[1]), crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND causes[1] IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS moments_cause;
ALTER INDEX moments_cause_next RENAME TO moments_cause;
DROP INDEX CONCURRENTLY IF EXISTS moments_game;
CREATE INDEX CONCURRENTLY moments_game ON moments (game_name, crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND game_name <> '';
DROP INDEX CONCURRENTLY IF EXISTS moments_language;
CREATE INDEX CONCURRENTLY moments_language ON moments (language, crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND language <> '';
-- The best: within a grade the newest first, so that any stretch of time is one range in each grade.
DROP INDEX CONCURRENTLY IF EXISTS moments_best;
CREATE INDEX CONCURRENTLY moments_best ON moments (grade DESC, crossed_at DESC, moment_id DESC)
    INCLUDE (channel_id, biggest_in_seconds) WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_best_channel;
CREATE INDEX CONCURRENTLY moments_best_channel
    ON moments (channel_id, grade DESC, crossed_at DESC, moment_id DESC, mood, (causes[1]), game_name, language)
    WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS moments_best_game;
CREATE INDEX CONCURRENTLY moments_best_game
    ON moments (game_name, grade DESC, crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND game_name <> '';
DROP INDEX CONCURRENTLY IF EXISTS moments_best_language;
CREATE INDEX CONCURRENTLY moments_best_language
    ON moments (language, grade DESC, crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND language <> '';
DROP INDEX CONCURRENTLY IF EXISTS moments_best_mood;
CREATE INDEX CONCURRENTLY moments_best_mood ON moments (mood, grade DESC, crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND mood IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS moments_best_cause;
CREATE INDEX CONCURRENTLY moments_best_cause
    ON moments ((causes[1]), grade DESC, crossed_at DESC, moment_id DESC) INCLUDE (channel_id)
    WHERE NOT shadow AND causes[1] IS NOT NULL;
-- Without a list of what is yet to be sorted in, which every search would have to read through.
DROP INDEX CONCURRENTLY IF EXISTS moments_search;
CREATE INDEX CONCURRENTLY moments_search ON moments USING gin (search) WITH (fastupdate = off) WHERE NOT shadow;

-- The website reads these views alone, so that no query of it can forget the predicate. A subquery for each row, not a
-- join: the walk along an index stays a walk. `IS NOT NULL` because the planner takes that to be nearly always true, as
-- it is; of `NOT` or `IS NULL` it expects half of the rows or hardly any, and sorts instead of walking.
CREATE OR REPLACE VIEW shown_moments AS
SELECT
    m.moment_id, m.revision_number, m.channel_id, m.crossed_at, m.mood, m.causes, m.shadow, m.biggest_in_seconds,
    m.title, m.game_name, m.language, m.grade, m.search, moment_document(m) AS document,
    (SELECT c.status FROM clips AS c WHERE c.moment_id = m.moment_id) AS clip_status, m.recorded_at
FROM moments AS m
WHERE nullif(coalesce((SELECT true FROM hidden_moments AS h WHERE h.moment_id = m.moment_id), false), true)
        IS NOT NULL
    AND nullif(coalesce((SELECT o.is_out FROM opt_outs AS o WHERE o.channel_id = m.channel_id), false), true)
        IS NOT NULL;

-- What visitors see. `shown_moments` has the experimental ones too, for operators.
CREATE OR REPLACE VIEW visible_moments AS SELECT * FROM shown_moments WHERE NOT shadow;

CREATE OR REPLACE VIEW visible_clips AS
SELECT c.*
FROM clips AS c
WHERE nullif(coalesce((SELECT true FROM hidden_moments AS h WHERE h.moment_id = c.moment_id), false), true)
        IS NOT NULL
    AND nullif(coalesce((SELECT o.is_out FROM opt_outs AS o WHERE o.channel_id = c.channel_id), false), true)
        IS NOT NULL;
