-- What a stream's recap is made of and no other table keeps: its curve by the minute, what it was called when, and how
-- many watched. A row a stream answers for a whole night, long after the counts by the second are gone.
-- depends: 0023.uptime

-- `messages`, `people` and `unread` have one number for each minute from the minute of `started_at` on, up to
-- `counted_until` (null: nothing is rolled up yet): messages, people in its loudest second, seconds that nobody read.
-- `small`: `people` in at most 120 steps, null where nobody read, for lists.
-- `hours`: emotes and moods of each hour of the stream; `emotes`: the most used of all of it. `is_open`: more will come.
-- `is_stale`: something came for minutes that are rolled up already, so all of it is made anew.
CREATE TABLE stream_recaps (
    stream_id     text PRIMARY KEY,
    channel_id    text NOT NULL,
    started_at    timestamptz NOT NULL,
    counted_until timestamptz,
    is_open       boolean NOT NULL DEFAULT true,
    is_stale      boolean NOT NULL DEFAULT false,
    messages      integer[] NOT NULL DEFAULT '{}',
    people        smallint[] NOT NULL DEFAULT '{}',
    unread        smallint[] NOT NULL DEFAULT '{}',
    small         smallint[] NOT NULL DEFAULT '{}',
    hours         jsonb NOT NULL DEFAULT '[]',
    emotes        jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX stream_recaps_channel ON stream_recaps (channel_id, started_at DESC);
CREATE INDEX stream_recaps_due ON stream_recaps (started_at) WHERE is_open OR is_stale;
CREATE INDEX stream_recaps_started ON stream_recaps (started_at);

-- Titles and games of a stream, each from `changed_at` on; only where one of the two was another than before.
CREATE TABLE stream_changes (
    stream_id  text NOT NULL,
    channel_id text NOT NULL,
    changed_at timestamptz NOT NULL,
    title      text NOT NULL DEFAULT '',
    game_name  text NOT NULL DEFAULT '',
    PRIMARY KEY (stream_id, changed_at)
);

-- One number for each five minutes of a stream: the most that Twitch said in them; null where it said nothing.
CREATE TABLE stream_viewers (
    stream_id  text PRIMARY KEY,
    channel_id text NOT NULL,
    viewers    integer[] NOT NULL
);

-- The streams whose counts by the second are still there.
INSERT INTO stream_recaps (stream_id, channel_id, started_at)
SELECT stream_id, channel_id, started_at FROM streams WHERE started_at > now() - interval '29 days';
