-- name: write_moments(rows)!
-- Only a higher revision replaces a row; open pages hear of it when the transaction is committed, but for a shadow's.
WITH written AS (
    INSERT INTO moments (
        moment_id, revision_number, channel_id, detector_name, detector_version, stream_id, stream_started_at,
        crossed_at, peak_at, closed_at, score, times_usual, causes, mood, mood_share, biggest_in_seconds,
        clip_from_at, clip_until_at, no_clip_reason, shadow, evidence
    )
    SELECT DISTINCT ON (r.moment_id)
        r.moment_id, r.revision_number, r.channel_id, r.detector_name, r.detector_version, r.stream_id,
        to_timestamp(r.stream_started_at / 1000.0), to_timestamp(r.crossed_at / 1000.0),
        to_timestamp(r.peak_at / 1000.0), to_timestamp(r.closed_at / 1000.0),
        r.score, r.times_usual, r.causes, r.mood, r.mood_share, r.biggest_in_seconds,
        to_timestamp(r.clip_from_at / 1000.0), to_timestamp(r.clip_until_at / 1000.0), r.no_clip_reason, r.shadow,
        r.evidence
    FROM jsonb_to_recordset(:rows::jsonb) AS r(
        moment_id text, revision_number smallint, channel_id text, detector_name text, detector_version integer,
        stream_id text, stream_started_at bigint, crossed_at bigint, peak_at bigint, closed_at bigint,
        score real, times_usual real, causes text[], mood text, mood_share real, biggest_in_seconds integer,
        clip_from_at bigint, clip_until_at bigint, no_clip_reason text, shadow boolean, evidence jsonb
    )
    WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
    ORDER BY r.moment_id, r.revision_number DESC
    ON CONFLICT (moment_id) DO UPDATE SET
        revision_number = excluded.revision_number,
        channel_id = excluded.channel_id,
        detector_name = excluded.detector_name,
        detector_version = excluded.detector_version,
        stream_id = excluded.stream_id,
        stream_started_at = excluded.stream_started_at,
        crossed_at = excluded.crossed_at,
        peak_at = excluded.peak_at,
        closed_at = excluded.closed_at,
        score = excluded.score,
        times_usual = excluded.times_usual,
        causes = excluded.causes,
        mood = excluded.mood,
        mood_share = excluded.mood_share,
        biggest_in_seconds = excluded.biggest_in_seconds,
        clip_from_at = excluded.clip_from_at,
        clip_until_at = excluded.clip_until_at,
        no_clip_reason = excluded.no_clip_reason,
        shadow = excluded.shadow,
        evidence = excluded.evidence,
        recorded_at = now()
    WHERE excluded.revision_number > moments.revision_number
    RETURNING moment_id, revision_number, shadow
)
SELECT pg_notify('moments', json_build_object('id', moment_id, 'revision', revision_number)::text)
FROM written WHERE NOT shadow;

-- name: write_clips(rows)!
-- A clip is a property of a moment: the same rule, the same channel. What was made stays, also where Kafka was lost
-- and the moment, found once more, is told to be too late for a clip.
WITH written AS (
    INSERT INTO clips (
        moment_id, revision_number, channel_id, crossed_at, status, decided_at, reason, title, duration_seconds,
        clip_id, url, embed_url, thumbnail_url, vod_url
    )
    SELECT DISTINCT ON (r.moment_id)
        r.moment_id, r.revision_number, r.channel_id, to_timestamp(r.crossed_at / 1000.0), r.status,
        to_timestamp(r.decided_at / 1000.0), r.reason, r.title, r.duration_seconds,
        r.clip_id, r.url, r.embed_url, r.thumbnail_url, r.vod_url
    FROM jsonb_to_recordset(:rows::jsonb) AS r(
        moment_id text, revision_number smallint, channel_id text, crossed_at bigint, status text,
        decided_at bigint, reason text, title text, duration_seconds real,
        clip_id text, url text, embed_url text, thumbnail_url text, vod_url text
    )
    WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
    ORDER BY r.moment_id, r.status = 'made' DESC, r.revision_number DESC
    ON CONFLICT (moment_id) DO UPDATE SET
        revision_number = excluded.revision_number,
        channel_id = excluded.channel_id,
        crossed_at = excluded.crossed_at,
        status = excluded.status,
        decided_at = excluded.decided_at,
        reason = excluded.reason,
        title = excluded.title,
        duration_seconds = excluded.duration_seconds,
        clip_id = excluded.clip_id,
        url = excluded.url,
        embed_url = excluded.embed_url,
        thumbnail_url = excluded.thumbnail_url,
        vod_url = excluded.vod_url,
        recorded_at = now()
    WHERE excluded.revision_number > clips.revision_number AND clips.status <> 'made'
    RETURNING moment_id, revision_number
)
SELECT pg_notify('moments', json_build_object('id', moment_id, 'revision', revision_number)::text) FROM written;
