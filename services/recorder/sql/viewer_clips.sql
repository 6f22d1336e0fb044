-- What viewers clipped. Of a channel that has opted out nothing is written.

-- name: write_viewer_clips(rows)!
-- The row is what was asked last, and its place is the last one that a recording gave, else the last one. Both are
-- chosen for themselves, so that replays, duplicates and any order of arrival leave the same row.
WITH came AS (
    SELECT *
    FROM jsonb_to_recordset(:rows::jsonb) AS r(
        clip_id text, channel_id text, asked_at bigint, created_at bigint, started_at bigint, ended_at bigint,
        located_by text, views integer, url text, title text, stream_id text, video_id text, vod_offset integer,
        again boolean, is_deleted boolean
    )
    WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
), told AS (
    SELECT DISTINCT ON (clip_id) * FROM came ORDER BY clip_id, asked_at DESC
), located AS (
    SELECT DISTINCT ON (clip_id) clip_id, stream_id, video_id, vod_offset, started_at, ended_at, located_by, asked_at
    FROM came ORDER BY clip_id, located_by = 'vod_offset' DESC, asked_at DESC
)
INSERT INTO viewer_clips AS known (
    clip_id, channel_id, stream_id, video_id, vod_offset, started_at, ended_at, located_by, located_at,
    created_at, views, title, url, again, is_deleted, asked_at
)
SELECT
    t.clip_id, t.channel_id, l.stream_id, l.video_id, l.vod_offset, to_timestamp(l.started_at / 1000.0),
    to_timestamp(l.ended_at / 1000.0), l.located_by, to_timestamp(l.asked_at / 1000.0),
    to_timestamp(t.created_at / 1000.0), t.views, t.title, t.url, t.again, t.is_deleted,
    to_timestamp(t.asked_at / 1000.0)
FROM told AS t JOIN located AS l USING (clip_id)
ORDER BY t.clip_id
ON CONFLICT (clip_id) DO UPDATE SET
    recorded_at = now(),
    (channel_id, created_at, views, title, url, again, is_deleted, asked_at) = (
        SELECT o.* FROM (VALUES
            (known.channel_id, known.created_at, known.views, known.title, known.url, known.again, known.is_deleted,
                known.asked_at),
            (excluded.channel_id, excluded.created_at, excluded.views, excluded.title, excluded.url, excluded.again,
                excluded.is_deleted, excluded.asked_at)
        ) AS o(channel_id, created_at, views, title, url, again, is_deleted, asked_at)
        ORDER BY o.asked_at DESC LIMIT 1
    ),
    (stream_id, video_id, vod_offset, started_at, ended_at, located_by, located_at) = (
        SELECT o.* FROM (VALUES
            (known.stream_id, known.video_id, known.vod_offset, known.started_at, known.ended_at, known.located_by,
                known.located_at),
            (excluded.stream_id, excluded.video_id, excluded.vod_offset, excluded.started_at, excluded.ended_at,
                excluded.located_by, excluded.located_at)
        ) AS o(stream_id, video_id, vod_offset, started_at, ended_at, located_by, located_at)
        ORDER BY o.located_by = 'vod_offset' DESC, o.located_at DESC LIMIT 1
    )
WHERE excluded.asked_at > known.asked_at
    OR (excluded.located_by = 'vod_offset', excluded.located_at) > (known.located_by = 'vod_offset', known.located_at);

-- name: delete_old_viewer_clips(days)!
DELETE FROM viewer_clips WHERE created_at < now() - make_interval(days => :days::integer);

-- name: erase_viewer_clips()!
DELETE FROM viewer_clips WHERE channel_id IN (SELECT channel_id FROM opted_out);
