-- name: note_backup(kind, problem)!
-- How a backup went; without a problem it is good now.
INSERT INTO backups AS known (kind, good_at, tried_at, problem)
VALUES (:kind, CASE WHEN :problem::text = '' THEN now() END, now(), :problem)
ON CONFLICT (kind) DO UPDATE SET
    good_at = coalesce(excluded.good_at, known.good_at), tried_at = excluded.tried_at, problem = excluded.problem;
