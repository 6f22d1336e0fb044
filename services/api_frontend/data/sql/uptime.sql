-- name: uptime(days)
-- What the watcher noted of the last days; and the database's clock, which is the watcher's: a row without a part.
-- date_part, since extract computes with decimals and takes twice as long.
SELECT
    part,
    state,
    (date_part('epoch', from_at) * 1000)::bigint AS from_at,
    (date_part('epoch', until_at) * 1000)::bigint AS until_at
FROM uptime
WHERE until_at > now() - make_interval(days => :days::integer)
UNION ALL
SELECT '', '', 0, (date_part('epoch', now()) * 1000)::bigint;
