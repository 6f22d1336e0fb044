-- What visitors say of moments. The website writes it through functions alone.

-- name: visitor_key()
SELECT key FROM visitor_key LIMIT 1;

-- name: own_voice(moment_id, visitor)
SELECT verdict, saved_at IS NOT NULL AS is_saved, counts
FROM voices WHERE moment_id = :moment_id::text AND visitor = :visitor::bytea;

-- name: give_voice(moment_id, visitor, says, saves, may_count, most_saved)
SELECT outcome, own_verdict AS verdict, is_saved
FROM give_voice(
    :moment_id::text, :visitor::bytea, :says::text, :saves::boolean, :may_count::boolean, :most_saved::integer
);

-- name: saved_by(visitor, most)
SELECT moment_id FROM voices
WHERE visitor = :visitor::bytea AND saved_at IS NOT NULL
ORDER BY saved_at DESC, moment_id
LIMIT :most::integer;

-- name: judged_by(visitor, verdict, most)
SELECT moment_id FROM voices
WHERE visitor = :visitor::bytea AND verdict = :verdict::text
ORDER BY given_at DESC, moment_id
LIMIT :most::integer;

-- name: voices_of(moment_id)
-- Those that came when their network had none left that day are counted here too: they do not move the grade.
SELECT
    count(*) FILTER (WHERE verdict = 'good') AS good,
    count(*) FILTER (WHERE verdict = 'not_really') AS not_really,
    count(*) FILTER (WHERE saved_at IS NOT NULL) AS saved
FROM voices WHERE moment_id = :moment_id::text;

-- name: forget_visitor(visitor)
SELECT forget_visitor(:visitor::bytea) AS forgotten;
