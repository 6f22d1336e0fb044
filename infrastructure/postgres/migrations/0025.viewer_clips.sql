-- What viewers clipped of watched channels: shown at the moments, and what the detector is judged by.
-- depends: 0024.recaps

-- Nobody's name or id stands here; `again`: whoever made it has made an earlier clip of the same thing, so that the
-- others count people. `started_at` to `ended_at` is what it shows, on the stream's real time; without a `stream_id` the place
-- is not known. `located_at`: the `asked_at` of the answer that the place was taken from.
CREATE TABLE viewer_clips (
    clip_id    text PRIMARY KEY,
    channel_id text NOT NULL,
    stream_id  text,
    video_id   text,
    vod_offset integer,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz NOT NULL,
    located_by text NOT NULL CHECK (located_by IN ('vod_offset', 'created_at')),
    located_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    views      integer NOT NULL,
    title      text NOT NULL DEFAULT '',
    url        text NOT NULL,
    again      boolean NOT NULL DEFAULT false,
    is_deleted boolean NOT NULL DEFAULT false,
    asked_at   timestamptz NOT NULL,
    CHECK (ended_at >= started_at)
);
CREATE INDEX viewer_clips_channel ON viewer_clips (channel_id, started_at DESC);
CREATE INDEX viewer_clips_stream ON viewer_clips (stream_id, started_at);
CREATE INDEX viewer_clips_created ON viewer_clips (created_at);

-- What visitors see, and the score counts.
CREATE VIEW visible_viewer_clips AS
SELECT
    v.clip_id, v.channel_id, v.stream_id, v.video_id, v.vod_offset, v.started_at, v.ended_at, v.located_by,
    v.created_at, v.views, v.title, v.url, v.again, v.asked_at
FROM viewer_clips AS v
WHERE NOT v.is_deleted
    AND nullif(coalesce((SELECT o.is_out FROM opt_outs AS o WHERE o.channel_id = v.channel_id), false), true)
        IS NOT NULL;
