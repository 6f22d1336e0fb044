-- How a backup went. `at`: its time; empty if it failed.
INSERT INTO backups AS known (kind, good_at, tried_at, problem)
VALUES (:'kind', nullif(:'at', '')::timestamptz, now(), :'problem')
ON CONFLICT (kind) DO UPDATE SET
    good_at = coalesce(excluded.good_at, known.good_at), tried_at = excluded.tried_at, problem = excluded.problem;
