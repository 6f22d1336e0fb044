-- A text that changes whenever something is hidden, shown again, or opts out: then the website drops the pages that it
-- keeps in memory. It may not read the opt-outs themselves.
-- depends: 0011.channel_pages

CREATE VIEW hiding_state AS
SELECT concat_ws(' ',
    (SELECT concat_ws(' ', count(*), max(hidden_at)) FROM hidden_moments),
    (SELECT concat_ws(' ', count(*) FILTER (WHERE is_out), max(changed_at)) FROM opt_outs)
) AS state;

-- What changed lately, for programs that keep a copy (`changed_since`).
CREATE INDEX moments_recorded ON moments (recorded_at, moment_id) WHERE NOT shadow;
CREATE INDEX clips_recorded ON clips (recorded_at, moment_id);
