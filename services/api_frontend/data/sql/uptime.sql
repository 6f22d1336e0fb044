-- name: uptime(days)
-- What the watcher noted of the last days; and the database's clock, which is the watcher's: a row without a part.
SELECT
    part,
    state,
    (extract(epoch FROM from_at) * 1000)::bigint AS from_at,
    (extract(epoch FROM until_at) * 1000)::bigint AS until_at
FROM uptime
WHERE until_at > now() - make_interval(days => :days::integer)
UNION ALL
SELECT '', '', 0, (extract(epoch FROM now()) * 1000)::bigint;
