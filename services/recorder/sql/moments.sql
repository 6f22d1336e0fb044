-- name: write_moments(rows)!
-- Each row is the contract's document. Only a higher revision replaces a row; open pages hear of it when the
-- transaction is committed, unless it comes from an experimental detector. What the stream was stays as it was when the
-- moment was first recorded, and a revision never lowers a grade: who pages through the best meets no moment twice.
WITH written AS (
    INSERT INTO moments (
        moment_id, revision_number, channel_id, crossed_at, mood, causes, shadow, biggest_in_seconds, document,
        title, game_name, language, grade, search
    )
    SELECT DISTINCT ON (r.moment_id)
        r.moment_id, r.revision_number, r.channel_id, to_timestamp(r.crossed_at / 1000.0), r.mood,
        coalesce(r.causes, '{}'), coalesce(r.shadow, false), r.biggest_in_seconds, document,
        coalesce(streams.title, ''), coalesce(streams.game_name, ''), coalesce(streams.language, ''),
        moment_grade(document),
        search_words(concat_ws(' ', channels.login, channels.display_name, streams.title, streams.game_name))
    FROM jsonb_array_elements(:rows::jsonb) AS document
    CROSS JOIN LATERAL jsonb_to_record(document) AS r(
        moment_id text, revision_number smallint, channel_id text, crossed_at bigint, mood text, causes text[],
        shadow boolean, biggest_in_seconds integer, stream_id text
    )
    LEFT JOIN streams ON streams.stream_id = r.stream_id
    LEFT JOIN channels ON channels.channel_id = r.channel_id
    WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
    ORDER BY r.moment_id, r.revision_number DESC
    ON CONFLICT (moment_id) DO UPDATE SET
        revision_number = excluded.revision_number,
        channel_id = excluded.channel_id,
        crossed_at = excluded.crossed_at,
        mood = excluded.mood,
        causes = excluded.causes,
        shadow = excluded.shadow,
        biggest_in_seconds = excluded.biggest_in_seconds,
        document = excluded.document,
        title = coalesce(nullif(moments.title, ''), excluded.title),
        game_name = coalesce(nullif(moments.game_name, ''), excluded.game_name),
        language = coalesce(nullif(moments.language, ''), excluded.language),
        recorded_grade = greatest(coalesce(moments.recorded_grade, moments.grade), excluded.grade),
        grade = graded(
            greatest(coalesce(moments.recorded_grade, moments.grade), excluded.grade), moments.verdict_steps
        ),
        search = CASE WHEN moments.title = '' THEN excluded.search ELSE moments.search END,
        recorded_at = now()
    WHERE excluded.revision_number > moments.revision_number
    RETURNING moment_id, revision_number, shadow
)
SELECT pg_notify('moments', json_build_object('id', moment_id, 'revision', revision_number)::text)
FROM written WHERE NOT shadow;

-- name: write_clips(rows)!
-- A clip belongs to a moment: the same rule, the same channel. A clip that was made stays, even if Kafka was lost and
-- the moment, found once more, is reported as too late for a clip.
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
