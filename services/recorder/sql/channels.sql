-- Every statement takes a batch's rows as one JSON array; times in it are milliseconds since 1970 UTC. None writes a
-- row of a channel that has opted out.

-- name: write_channels(rows)!
-- The newest event names the channel; the login that it had until then is kept, for addresses.
WITH newest AS (
    SELECT DISTINCT ON (r.channel_id)
        r.channel_id, r.login, r.display_name, to_timestamp(r.sent_at / 1000.0) AS updated_at
    FROM jsonb_to_recordset(:rows::jsonb) AS r(channel_id text, login text, display_name text, sent_at bigint)
    WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
    ORDER BY r.channel_id, r.sent_at DESC
), renamed AS (
    INSERT INTO former_logins (login, channel_id, until_at)
    SELECT channels.login, channel_id, newest.updated_at
    FROM channels JOIN newest USING (channel_id)
    WHERE channels.login <> newest.login AND newest.updated_at > channels.updated_at
    ORDER BY channel_id
    ON CONFLICT (login, channel_id) DO UPDATE SET until_at = excluded.until_at
)
INSERT INTO channels (channel_id, login, display_name, updated_at)
SELECT channel_id, login, display_name, updated_at FROM newest
ORDER BY channel_id
ON CONFLICT (channel_id) DO UPDATE SET
    login = excluded.login, display_name = excluded.display_name, updated_at = excluded.updated_at
WHERE excluded.updated_at > channels.updated_at;

-- name: write_streams(rows)!
-- The newest event says whether the stream has ended; an event without a title keeps the one before. Each change opens
-- the stream's recap, which is made anew where the stream began at another time than was known.
WITH written AS (
INSERT INTO streams (stream_id, channel_id, started_at, ended_at, title, game_name, language, updated_at)
SELECT
    r.stream_id,
    (array_agg(r.channel_id ORDER BY r.sent_at DESC, r.ended_at NULLS LAST))[1],
    to_timestamp((array_agg(r.started_at ORDER BY r.sent_at DESC, r.ended_at NULLS LAST))[1] / 1000.0),
    to_timestamp((array_agg(r.ended_at ORDER BY r.sent_at DESC, r.ended_at NULLS LAST))[1] / 1000.0),
    coalesce((array_agg(r.title ORDER BY r.sent_at DESC) FILTER (WHERE r.title <> ''))[1], ''),
    coalesce((array_agg(r.game_name ORDER BY r.sent_at DESC) FILTER (WHERE r.game_name <> ''))[1], ''),
    coalesce((array_agg(r.language ORDER BY r.sent_at DESC) FILTER (WHERE r.language <> ''))[1], ''),
    to_timestamp(max(r.sent_at) / 1000.0)
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    stream_id text, channel_id text, started_at bigint, ended_at bigint,
    title text, game_name text, language text, sent_at bigint
)
WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
GROUP BY r.stream_id
ORDER BY r.stream_id
ON CONFLICT (stream_id) DO UPDATE SET
    channel_id = excluded.channel_id,
    started_at = excluded.started_at,
    ended_at = excluded.ended_at,
    title = coalesce(nullif(excluded.title, ''), streams.title),
    game_name = coalesce(nullif(excluded.game_name, ''), streams.game_name),
    language = coalesce(nullif(excluded.language, ''), streams.language),
    updated_at = excluded.updated_at
WHERE excluded.updated_at > streams.updated_at
    OR (excluded.updated_at = streams.updated_at AND excluded.ended_at IS NOT NULL AND streams.ended_at IS NULL)
RETURNING stream_id, channel_id, started_at
)
INSERT INTO stream_recaps AS known (stream_id, channel_id, started_at)
SELECT stream_id, channel_id, started_at FROM written ORDER BY stream_id
ON CONFLICT (stream_id) DO UPDATE SET channel_id = excluded.channel_id, is_open = true
WHERE NOT known.is_open OR known.channel_id <> excluded.channel_id;

-- name: write_coverage(rows)!
-- A gap that was recorded twice is as long as the longer of the two. What was rolled up already is made anew.
WITH written AS (
INSERT INTO coverage (channel_id, event, from_at, until_at, reason)
SELECT DISTINCT ON (r.channel_id, r.from_at, r.event)
    r.channel_id, r.event, to_timestamp(r.from_at / 1000.0), to_timestamp(r.until_at / 1000.0), r.reason
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    channel_id text, event text, from_at bigint, until_at bigint, reason text
)
WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY r.channel_id, r.from_at, r.event, r.until_at DESC NULLS LAST
ON CONFLICT (channel_id, from_at, event) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason
WHERE excluded.until_at > coverage.until_at
RETURNING channel_id, from_at, until_at
), late AS (
    SELECT r.stream_id FROM stream_recaps AS r
    WHERE NOT r.is_stale AND EXISTS (
        SELECT FROM written AS w
        WHERE w.channel_id = r.channel_id AND r.counted_until > w.from_at
            AND r.started_at < coalesce(w.until_at, 'infinity')
    )
    ORDER BY r.stream_id FOR UPDATE
)
UPDATE stream_recaps SET is_stale = true WHERE stream_id IN (SELECT stream_id FROM late);

-- name: write_notices(rows)!
INSERT INTO notices (notice_id, channel_id, notice_type, amount, sent_at)
SELECT r.notice_id, r.channel_id, r.notice_type, r.amount, to_timestamp(r.sent_at / 1000.0)
FROM jsonb_to_recordset(:rows::jsonb) AS r(
    notice_id text, channel_id text, notice_type text, amount integer, sent_at bigint
)
WHERE r.channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY r.notice_id
ON CONFLICT (notice_id) DO NOTHING;
