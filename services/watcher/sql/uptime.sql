-- name: stages()
-- Seconds by the database's clock: since each stage last reported, and since the event time it has reached.
SELECT
    stage,
    extract(epoch FROM now() - updated_at)::float8 AS silent_seconds,
    extract(epoch FROM now() - event_at)::float8 AS behind_seconds
FROM pipeline_progress
WHERE stage IN ('capture', 'job', 'recorder');

-- name: clipped()^
-- Of the last hour's moments that had time for a clip and were not left out: how many there are, how many have one, and
-- seconds since the oldest. Whether there was ever a clip.
SELECT
    EXISTS (SELECT FROM clips) AS has_clips,
    count(*) AS moments,
    count(*) FILTER (WHERE c.status = 'made') AS clips,
    coalesce(extract(epoch FROM now() - min(m.crossed_at)), 0)::float8 AS unclipped_seconds
FROM moments AS m
LEFT JOIN clips AS c ON c.moment_id = m.moment_id
WHERE m.crossed_at BETWEEN now() - INTERVAL '1 hour' AND now() - INTERVAL '5 minutes'
    AND NOT m.shadow AND c.status IS DISTINCT FROM 'skipped';

-- name: bot_and_work()^
-- Seconds since the lease of the Discord bot ended (negative while it is held), null without one; and whether somebody
-- works on a machine.
SELECT
    (SELECT extract(epoch FROM now() - held_until)::float8 FROM discord_lease) AS bot_seconds,
    EXISTS (SELECT FROM pauses WHERE until_at > now()) AS is_worked_on;

-- name: note(notes)!
-- Store notes, in any order and as often as they come: the latest end counts.
INSERT INTO uptime AS known (part, state, from_at, until_at)
SELECT n.part, n.state, to_timestamp(n.from_at / 1000.0), to_timestamp(max(n.until_at) / 1000.0)
FROM jsonb_to_recordset(:notes::jsonb) AS n(part text, state text, from_at bigint, until_at bigint)
GROUP BY n.part, n.state, n.from_at
ORDER BY n.part, n.state, n.from_at
ON CONFLICT (part, state, from_at) DO UPDATE SET until_at = excluded.until_at
WHERE known.until_at < excluded.until_at;
