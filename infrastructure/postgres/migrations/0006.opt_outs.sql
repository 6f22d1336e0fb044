-- Channels whose broadcasters do not want to be watched: neither read nor stored.
-- depends: 0005.people

-- Written by `python -m recorder.opt_out`, and by the chooser's copy on disk after a restored backup. A withdrawn word
-- stays as a row, so that the newer of two words wins. `cleared_for`: how far the job was when Kafka's compacted topics
-- were last cleared of the channel.
CREATE TABLE opt_outs (
    channel_id  text PRIMARY KEY,
    login       text NOT NULL DEFAULT '',
    is_out      boolean NOT NULL,
    changed_at  timestamptz NOT NULL,
    cleared_for timestamptz
);

CREATE VIEW opted_out AS SELECT channel_id FROM opt_outs WHERE is_out;
