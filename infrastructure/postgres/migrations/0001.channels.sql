-- Who is watched and what they broadcast. Broadcasters are public; chatters never enter Postgres.
-- depends:

CREATE TABLE channels (
    channel_id   text PRIMARY KEY,
    login        text NOT NULL,
    display_name text NOT NULL,
    updated_at   timestamptz NOT NULL
);
CREATE INDEX channels_login ON channels (login);

CREATE TABLE streams (
    stream_id  text PRIMARY KEY,
    channel_id text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    title      text NOT NULL DEFAULT '',
    game_name  text NOT NULL DEFAULT '',
    language   text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL
);
CREATE INDEX streams_channel ON streams (channel_id, started_at DESC);

-- The chooser's list: every instance reads it and keeps its last copy on disk.
CREATE TABLE watched_channels (
    channel_id text PRIMARY KEY,
    login      text NOT NULL,
    reason     text NOT NULL CHECK (reason IN ('pinned', 'top')),
    chosen_at  timestamptz NOT NULL
);

-- Seconds that were read, and gaps that nobody read.
CREATE TABLE coverage (
    channel_id text NOT NULL,
    event      text NOT NULL CHECK (event IN ('joined', 'left', 'gap')),
    from_at    timestamptz NOT NULL,
    until_at   timestamptz,
    reason     text NOT NULL DEFAULT '',
    PRIMARY KEY (channel_id, from_at, event)
);

-- Raids, gifts and the like, without people.
CREATE TABLE notices (
    notice_id   text PRIMARY KEY,
    channel_id  text NOT NULL,
    notice_type text NOT NULL,
    amount      integer,
    sent_at     timestamptz NOT NULL
);
CREATE INDEX notices_channel ON notices (channel_id, sent_at DESC);
