-- The best first, and how many there are. api_frontend.data.lists.list_query puts the conditions of sql/list.sql that are asked
-- for where `true` stands.

-- name: best_moments(top_grade, top_at, top_id, before_at, begin_at, most)
-- From grade to grade downwards; in each, an index gives the stretch of time that is asked for, the newest first. The
-- walk ends as soon as the page is full: a page costs the same whatever the stretch, and whatever is stored.
SELECT found.crossed_at, found.moment_id, found.grade, found.channel_id
FROM generate_series(:top_grade::integer, 0, -1) AS step(grade)
CROSS JOIN LATERAL (
    SELECT m.crossed_at, m.moment_id, m.grade, m.channel_id
    FROM visible_moments AS m
    WHERE m.grade = step.grade
        AND m.crossed_at >= :begin_at::timestamptz
        AND (m.crossed_at, m.moment_id) < (
            CASE WHEN step.grade = :top_grade::integer THEN :top_at::timestamptz ELSE :before_at::timestamptz END,
            CASE WHEN step.grade = :top_grade::integer THEN :top_id::text ELSE '' END
        )
        AND true
    ORDER BY m.crossed_at DESC, m.moment_id DESC
    LIMIT :most::integer
) AS found
LIMIT :most::integer;

-- name: newest_found(before_at, before_id, begin_at, firm_words, words, most)
-- What a search finds, the newest first. The index of words has the time too, so a stretch is asked for after the other,
-- each three times as long as all before it, and after four months the rest: of what has the words, few more are read
-- than are shown. That a time is compared after an addition keeps Postgres from walking along the times instead.
WITH newest AS MATERIALIZED (
    SELECT least(:before_at::timestamptz, (
        SELECT m.crossed_at FROM visible_moments AS m ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT 1
    )) AS at
),
stretch AS MATERIALIZED (
    SELECT bounds.*, in_stretch(to_tsquery('simple', :firm_words), from_at, least(until_at, newest.at)) AS wanted
    FROM newest
    CROSS JOIN generate_series(0, 6) AS step(number)
    CROSS JOIN LATERAL (
        SELECT
            CASE number WHEN 6 THEN '-infinity' ELSE newest.at - 4 ^ number * interval '3 hours' END AS from_at,
            CASE number WHEN 0 THEN 'infinity' ELSE newest.at - 4 ^ (number - 1) * interval '3 hours' END AS until_at
    ) AS bounds
    WHERE until_at >= :begin_at::timestamptz
    ORDER BY number
)
SELECT found.crossed_at, found.moment_id
FROM stretch
CROSS JOIN LATERAL (
    SELECT m.crossed_at, m.moment_id
    FROM visible_moments AS m
    WHERE m.places @@ stretch.wanted
        AND m.search @@ to_tsquery('simple', :words)
        AND m.crossed_at + interval '0' >= stretch.from_at
        AND m.crossed_at + interval '0' < stretch.until_at
        AND m.crossed_at >= :begin_at::timestamptz
        AND (m.crossed_at, m.moment_id) < (:before_at::timestamptz, :before_id::text)
        AND true
    ORDER BY m.crossed_at DESC, m.moment_id DESC
    LIMIT :most::integer
) AS found
LIMIT :most::integer;

-- name: best_found(top_grade, top_at, top_id, before_at, begin_at, firm_words, words, most)
-- What a search finds, the best first: from grade to grade downwards, which the index of words has as well.
WITH stretch AS MATERIALIZED (
    SELECT in_stretch(to_tsquery('simple', :firm_words), :begin_at::timestamptz, least(:before_at::timestamptz, (
        SELECT m.crossed_at FROM visible_moments AS m ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT 1
    ))) AS wanted
),
step AS MATERIALIZED (
    SELECT grade, stretch.wanted && quote_literal('@g' || grade)::tsquery AS wanted
    FROM stretch CROSS JOIN generate_series(:top_grade::integer, 0, -1) AS grade
    ORDER BY grade DESC
)
SELECT found.crossed_at, found.moment_id, found.grade, found.channel_id
FROM step
CROSS JOIN LATERAL (
    SELECT m.crossed_at, m.moment_id, m.grade, m.channel_id
    FROM visible_moments AS m
    WHERE m.places @@ step.wanted
        AND m.search @@ to_tsquery('simple', :words)
        AND m.crossed_at >= :begin_at::timestamptz
        AND (m.crossed_at, m.moment_id) < (
            CASE WHEN step.grade = :top_grade::integer THEN :top_at::timestamptz ELSE :before_at::timestamptz END,
            CASE WHEN step.grade = :top_grade::integer THEN :top_id::text ELSE '' END
        )
        AND true
    ORDER BY m.crossed_at DESC, m.moment_id DESC
    LIMIT :most::integer
) AS found
LIMIT :most::integer;

-- name: counted(begin_at, end_at, most_counted)$
-- All of the list, wherever its page begins.
SELECT count(*) AS found FROM (
    SELECT FROM visible_moments AS m
    WHERE m.crossed_at >= :begin_at::timestamptz
        AND m.crossed_at < :end_at::timestamptz
        AND true
    LIMIT :most_counted::integer
) AS enough;

-- name: with_count()
-- The count beside each row of the list: the queries of both are put into their places.
SELECT listed.*, (SELECT 0 AS the_count) AS found FROM (SELECT 0 AS the_list) AS listed;

-- name: near_newest(before_at, before_id, begin_at, words, near, most)
-- What a search finds among the first of the list: for words that are everywhere that is a page, and reading all that
-- has them would take seconds.
SELECT near.crossed_at, near.moment_id
FROM (
    SELECT m.crossed_at, m.moment_id, m.search
    FROM visible_moments AS m
    WHERE (m.crossed_at, m.moment_id) < (:before_at::timestamptz, :before_id::text)
        AND m.crossed_at >= :begin_at::timestamptz
        AND true
    ORDER BY m.crossed_at DESC, m.moment_id DESC
    LIMIT :near::integer
) AS near
WHERE near.search @@ to_tsquery('simple', :words)
ORDER BY near.crossed_at DESC, near.moment_id DESC
LIMIT :most::integer;

-- name: near_best(top_grade, top_at, top_id, before_at, begin_at, words, near, most)
SELECT near.crossed_at, near.moment_id, near.grade, near.channel_id
FROM (
    SELECT m.crossed_at, m.moment_id, m.grade, m.channel_id, m.search
    FROM visible_moments AS m
    WHERE (m.grade < :top_grade::integer OR (m.crossed_at, m.moment_id) < (:top_at::timestamptz, :top_id::text))
        AND m.grade <= :top_grade::integer
        AND m.crossed_at >= :begin_at::timestamptz
        AND m.crossed_at < :before_at::timestamptz
        AND true
    ORDER BY m.grade DESC, m.crossed_at DESC, m.moment_id DESC
    LIMIT :near::integer
) AS near
WHERE near.search @@ to_tsquery('simple', :words)
ORDER BY near.grade DESC, near.crossed_at DESC, near.moment_id DESC
LIMIT :most::integer;
