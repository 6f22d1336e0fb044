-- The moments with their evidence, and what Twitch made of them. A row takes only a higher revision.
-- depends: 0001.channels

CREATE TABLE moments (
    moment_id         text PRIMARY KEY,
    revision_number   smallint NOT NULL,
    channel_id        text NOT NULL,
    detector_name     text NOT NULL,
    detector_version  integer NOT NULL,
    stream_id         text,
    stream_started_at timestamptz,
    crossed_at        timestamptz NOT NULL,
    peak_at           timestamptz NOT NULL,
    closed_at         timestamptz,
    score             real NOT NULL,
    times_usual       real NOT NULL,
    cause             text,
    evidence          jsonb NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX moments_newest ON moments (crossed_at DESC, moment_id DESC);
CREATE INDEX moments_channel ON moments (channel_id, crossed_at DESC, moment_id DESC);

-- No foreign key: a clip's outcome may be recorded before its moment.
CREATE TABLE clips (
    moment_id        text PRIMARY KEY,
    revision_number  smallint NOT NULL,
    channel_id       text NOT NULL,
    crossed_at       timestamptz NOT NULL,
    status           text NOT NULL CHECK (status IN ('intent', 'made', 'refused', 'skipped', 'unknown', 'too_late')),
    decided_at       timestamptz NOT NULL,
    reason           text NOT NULL DEFAULT '',
    title            text NOT NULL DEFAULT '',
    duration_seconds real,
    clip_id          text,
    url              text,
    embed_url        text,
    thumbnail_url    text,
    vod_url          text,
    recorded_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX clips_made ON clips (crossed_at DESC, moment_id DESC) WHERE status = 'made';
CREATE INDEX clips_made_channel ON clips (channel_id, crossed_at DESC, moment_id DESC) WHERE status = 'made';
