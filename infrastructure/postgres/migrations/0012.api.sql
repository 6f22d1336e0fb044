-- A text that changes whenever something is hidden, shown again, or opts out: then the website drops the pages that it
-- keeps in memory. It may not read the opt-outs themselves.
-- transactional: false
-- depends: 0011.channel_pages

CREATE OR REPLACE VIEW hiding_state AS
SELECT concat_ws(' ',
    (SELECT concat_ws(' ', count(*), max(hidden_at)) FROM hidden_moments),
    (SELECT concat_ws(' ', count(*) FILTER (WHERE is_out), max(changed_at)) FROM opt_outs)
) AS state;

-- What changed lately, for programs that keep a copy (`changed_since`).
-- Waits for statements under way, and holds nobody meanwhile.
SET lock_timeout = 0;
DROP INDEX CONCURRENTLY IF EXISTS moments_recorded;
CREATE INDEX CONCURRENTLY moments_recorded ON moments (recorded_at, moment_id) WHERE NOT shadow;
DROP INDEX CONCURRENTLY IF EXISTS clips_recorded;
CREATE INDEX CONCURRENTLY clips_recorded ON clips (recorded_at, moment_id);
