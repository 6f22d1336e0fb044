-- A channel's list that is narrowed by mood or cause is found in the index alone: before, each of the channel's rows was
-- looked at.
-- depends: 0006.opt_outs

DROP INDEX moments_channel;
CREATE INDEX moments_channel ON moments (channel_id, crossed_at DESC, moment_id DESC, mood, (causes[1]))
    WHERE NOT shadow;
