-- How good what viewers clipped says the detector is, by channel and day. Of a channel that has opted out nothing is
-- written.

-- name: note_changed_days(slack_seconds)!
-- The days of clips and moments that were written since this was last asked, and a little longer, since a transaction
-- may write what it began earlier. A clip that moves counts for the day that it leaves, too. Moments count from when
-- clips are known, and of channels in which viewers clip.
WITH since AS (
    SELECT
        coalesce(
            (SELECT max(noted_at) FROM self_score_days) - make_interval(secs => :slack_seconds::double precision),
            '-infinity'
        ) AS noted_at,
        coalesce((SELECT min(recorded_at) FROM viewer_clips), 'infinity') AS clips_at
), changed AS (
    SELECT v.channel_id, (near.at AT TIME ZONE 'UTC')::date AS day
    FROM since
    JOIN viewer_clips AS v ON v.recorded_at > since.noted_at
    CROSS JOIN LATERAL (
        VALUES (v.started_at - interval '10 minutes'), (v.started_at + interval '10 minutes')
    ) AS near(at)
    WHERE v.stream_id IS NOT NULL
    UNION
    SELECT m.channel_id, (m.crossed_at AT TIME ZONE 'UTC')::date
    FROM since
    JOIN moments AS m ON NOT m.shadow AND m.recorded_at > greatest(since.noted_at, since.clips_at)
    WHERE EXISTS (
        SELECT FROM viewer_clips AS v
        WHERE v.channel_id = m.channel_id AND v.started_at > m.crossed_at - interval '30 days'
    )
)
INSERT INTO self_score_days AS known (channel_id, day, noted_at)
SELECT channel_id, day, now() FROM changed WHERE channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY channel_id, day
ON CONFLICT (channel_id, day) DO UPDATE SET noted_at = now(), is_due = true;

-- name: score_days_due(every_seconds, settling_seconds, most)
-- What changed, each day at most every so often; and once, when nothing more is on its way.
SELECT channel_id, day, noted_at, now() AS asked_at, now() >= (day + 1)::timestamp AT TIME ZONE 'UTC'
    + make_interval(secs => :settling_seconds::double precision) AS is_settled
FROM self_score_days
WHERE is_due AND coalesce(scored_at, '-infinity') <= now() - make_interval(secs => :every_seconds::double precision)
    OR NOT is_settled
        AND now() >= (day + 1)::timestamp AT TIME ZONE 'UTC'
            + make_interval(secs => :settling_seconds::double precision)
ORDER BY day DESC, channel_id
LIMIT :most;

-- name: clips_between(channel_id, from_at, until_at, most)
-- Of a clip without a stream nobody knows what it shows.
SELECT clip_id, started_at, ended_at, views, again, stream_id FROM viewer_clips
WHERE channel_id = :channel_id AND started_at >= :from_at AND started_at < :until_at
    AND stream_id IS NOT NULL AND NOT is_deleted
ORDER BY views DESC, clip_id
LIMIT :most;

-- name: seen_moments_between(channel_id, from_at, until_at)
-- In two halves, as the indexes are; of experimental ones all channels' within the time are few. `detector` is empty
-- for what visitors see.
SELECT
    m.moment_id, m.crossed_at, (m.document ->> 'peak_at')::bigint AS peak_ms,
    coalesce((m.document ->> 'score')::double precision, 0) AS score, '' AS detector, m.viewer_clips
FROM moments AS m
WHERE NOT m.shadow AND m.channel_id = :channel_id AND m.crossed_at >= :from_at AND m.crossed_at < :until_at
UNION ALL
SELECT
    m.moment_id, m.crossed_at, (m.document ->> 'peak_at')::bigint,
    coalesce((m.document ->> 'score')::double precision, 0), m.document ->> 'detector_name', 0
FROM moments AS m
WHERE m.shadow AND m.channel_id = :channel_id AND m.crossed_at >= :from_at AND m.crossed_at < :until_at;

-- name: shadows_between(from_at, until_at)
-- The experimental detectors that ran: one that raised nothing in a channel is judged by its places as well.
SELECT DISTINCT document ->> 'detector_name' AS detector FROM moments
WHERE shadow AND crossed_at >= :from_at AND crossed_at < :until_at AND document ? 'detector_name';

-- name: note_viewers_of(rows)!
-- Open pages hear of it. In the order of ids, as all who write several moments.
SELECT pg_notify('moments', json_build_object('id', moment_id, 'revision', revision_number)::text)
FROM (
    SELECT m.moment_id, m.revision_number, note_viewers(r.moment_id, r.viewers, r.clip_id) AS is_news
    FROM jsonb_to_recordset(:rows::jsonb) AS r(moment_id text, viewers integer, clip_id text)
    JOIN moments AS m USING (moment_id)
    ORDER BY r.moment_id
) AS noted
WHERE is_news;

-- name: lock_score_day(channel_id, day)
SELECT noted_at FROM self_score_days WHERE channel_id = :channel_id AND day = :day FOR UPDATE;

-- name: clear_score_day(channel_id, day)!
WITH scores AS (
    DELETE FROM self_scores WHERE channel_id = :channel_id AND day = :day
)
DELETE FROM viewer_places WHERE channel_id = :channel_id AND day = :day;

-- name: write_self_scores(channel_id, day, rows)!
INSERT INTO self_scores (channel_id, day, detector, places, unread, seconds, moments, clipped, found, by_chance)
SELECT :channel_id, :day, r.detector, r.places, r.unread, r.seconds, r.moments, r.clipped, r.found, r.by_chance
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    detector text, places integer, unread integer, seconds integer, moments integer[], clipped integer[],
    found integer[], by_chance real[]
);

-- name: write_viewer_places(channel_id, day, rows)!
INSERT INTO viewer_places (
    clip_id, channel_id, day, stream_id, started_at, ended_at, viewers, views, moment_id
)
SELECT
    r.clip_id, :channel_id, :day, r.stream_id, to_timestamp(r.from_at / 1000.0), to_timestamp(r.until_at / 1000.0),
    r.viewers, r.views, r.moment_id
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    clip_id text, stream_id text, from_at bigint, until_at bigint, viewers integer, views bigint, moment_id text
)
ON CONFLICT (clip_id) DO UPDATE SET
    channel_id = excluded.channel_id, day = excluded.day, stream_id = excluded.stream_id,
    started_at = excluded.started_at, ended_at = excluded.ended_at, viewers = excluded.viewers,
    views = excluded.views, moment_id = excluded.moment_id;

-- name: note_scored(channel_id, day, noted_at, is_settled)!
UPDATE self_score_days SET scored_at = now(), is_due = noted_at > :noted_at, is_settled = is_settled OR :is_settled
WHERE channel_id = :channel_id AND day = :day;

-- name: self_score_sums()
-- Of what visitors see, in the last seven and thirty days.
SELECT
    period.name, coalesce(sum(s.places), 0)::integer AS places, coalesce(sum(s.found[1]), 0)::integer AS found,
    coalesce(sum(s.unread), 0)::integer AS unread, coalesce(sum(s.moments[1]), 0)::integer AS moments,
    coalesce(sum(s.clipped[1]), 0)::integer AS clipped
FROM (VALUES ('week', 7), ('month', 30)) AS period(name, days)
LEFT JOIN self_scores AS s
    ON s.detector = '' AND s.day > (now() AT TIME ZONE 'UTC')::date - period.days
GROUP BY period.name;

-- name: delete_old_self_scores(days)!
WITH old AS (
    DELETE FROM self_score_days WHERE day < (now() - make_interval(days => :days::integer))::date
), old_scores AS (
    DELETE FROM self_scores WHERE day < (now() - make_interval(days => :days::integer))::date
)
DELETE FROM viewer_places WHERE day < (now() - make_interval(days => :days::integer))::date;

-- name: erase_self_score_days()!
DELETE FROM self_score_days WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_self_scores()!
DELETE FROM self_scores WHERE channel_id IN (SELECT channel_id FROM opted_out);

-- name: erase_viewer_places()!
DELETE FROM viewer_places WHERE channel_id IN (SELECT channel_id FROM opted_out);
