-- What there is to choose from: from name to name along an index, whatever is stored.

-- name: games(most)
WITH RECURSIVE known(name) AS (
    (SELECT m.game_name FROM visible_moments AS m WHERE m.game_name <> '' ORDER BY m.game_name LIMIT 1)
    UNION ALL
    SELECT (
        SELECT m.game_name FROM visible_moments AS m
        WHERE m.game_name > known.name AND m.game_name <> ''
        ORDER BY m.game_name LIMIT 1
    )
    FROM known WHERE known.name IS NOT NULL
)
SELECT name FROM known WHERE name IS NOT NULL LIMIT :most::integer;

-- name: common_words(sample, least)
-- The words that so many of the newest moments have.
SELECT words.word
FROM (
    SELECT m.search FROM visible_moments AS m ORDER BY m.crossed_at DESC, m.moment_id DESC LIMIT :sample::integer
) AS newest
CROSS JOIN LATERAL unnest(tsvector_to_array(newest.search)) AS words(word)
GROUP BY words.word
HAVING count(*) >= :least::integer;

-- name: languages(most)
WITH RECURSIVE known(name) AS (
    (SELECT m.language FROM visible_moments AS m WHERE m.language <> '' ORDER BY m.language LIMIT 1)
    UNION ALL
    SELECT (
        SELECT m.language FROM visible_moments AS m
        WHERE m.language > known.name AND m.language <> ''
        ORDER BY m.language LIMIT 1
    )
    FROM known WHERE known.name IS NOT NULL
)
SELECT name FROM known WHERE name IS NOT NULL LIMIT :most::integer;
