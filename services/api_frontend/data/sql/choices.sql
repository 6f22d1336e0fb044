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
