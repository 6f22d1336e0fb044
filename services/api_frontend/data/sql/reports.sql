-- name: report(moment_id, reason)
-- Counts a report of a moment that visitors see; returns nothing for any other.
INSERT INTO reports (moment_id, reason)
SELECT moment_id, :reason::text FROM visible_moments WHERE moment_id = :moment_id
ON CONFLICT (moment_id, reason) DO UPDATE SET times = reports.times + 1, reported_at = now()
RETURNING moment_id;

-- name: hidden_since(seconds)
-- The safety net under NOTIFY, and what a returning page has to remove.
SELECT moment_id FROM hidden_moments WHERE hidden_at > now() - make_interval(secs => :seconds::double precision);
