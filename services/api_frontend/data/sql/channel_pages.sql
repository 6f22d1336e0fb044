-- What the pages of channels show. Nothing of a channel that has opted out.

-- name: watched_board()
-- Every watched channel with its newest stream and its moments of the last 24 hours.
SELECT
    w.channel_id, coalesce(c.login, w.login) AS login, coalesce(c.display_name, w.login) AS display_name,
    s.title, s.game_name, s.language, s.started_at, s.ended_at,
    coalesce(t.moments, 0) AS moments, l.crossed_at AS last_moment_at
FROM watched_channels w
LEFT JOIN channels c USING (channel_id)
LEFT JOIN LATERAL (
    SELECT title, game_name, language, started_at, ended_at FROM streams
    WHERE streams.channel_id = w.channel_id
    ORDER BY started_at DESC LIMIT 1
) s ON true
LEFT JOIN LATERAL (
    SELECT crossed_at FROM visible_moments m WHERE m.channel_id = w.channel_id
    ORDER BY crossed_at DESC, moment_id DESC LIMIT 1
) l ON true
LEFT JOIN (
    SELECT channel_id, count(*) AS moments FROM visible_moments
    WHERE crossed_at > now() - interval '1 day' GROUP BY channel_id
) t ON t.channel_id = w.channel_id
WHERE w.channel_id NOT IN (SELECT channel_id FROM opted_out);

-- name: channel_named(name)
-- By login, else by a login that it had before, else by id. The newest owner of a login counts.
SELECT
    known.channel_id, coalesce(c.login, w.login) AS login, coalesce(c.display_name, w.login) AS display_name,
    w.channel_id IS NOT NULL AS is_watched
FROM (SELECT channel_id FROM (
    SELECT channel_id, 1 AS place, updated_at AS known_at FROM channels WHERE login = :name
    UNION ALL
    SELECT w.channel_id, CASE WHEN c.login IS NULL THEN 1 ELSE 2 END, w.chosen_at
    FROM watched_channels w LEFT JOIN channels c USING (channel_id) WHERE w.login = :name
    UNION ALL
    SELECT channel_id, 2, until_at FROM former_logins WHERE login = :name
    UNION ALL
    SELECT channel_id, 3, updated_at FROM channels WHERE channel_id = :name
    UNION ALL
    SELECT channel_id, 3, chosen_at FROM watched_channels WHERE channel_id = :name
    UNION ALL
    (SELECT channel_id, 4, crossed_at FROM visible_moments WHERE channel_id = :name
    ORDER BY crossed_at DESC, moment_id DESC LIMIT 1)
) owners
WHERE channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY place, known_at DESC
LIMIT 1) known
LEFT JOIN channels c USING (channel_id)
LEFT JOIN watched_channels w USING (channel_id);

-- name: streams_of(channel_id, before, most)
-- A stream whose end nobody saw ends where the next one begins. Viewers are those that the Discord bot polled, else the
-- recorder's; a curve is there once a stream is rolled up.
SELECT
    s.stream_id, s.title, s.game_name, s.language, s.started_at, s.ended_at, s.next_at,
    d.viewers_peak, d.viewers_sum / nullif(d.polls, 0) AS viewers_mean, v.viewers, own.viewers AS own_viewers,
    r.small AS people,
    (
        SELECT count(*) FROM visible_moments m
        WHERE m.channel_id = :channel_id AND m.crossed_at >= s.started_at
            AND m.crossed_at < least(s.ended_at, s.next_at)
    ) AS moments
FROM (
    SELECT *, coalesce(lag(started_at) OVER (ORDER BY started_at DESC), :before) AS next_at FROM (
        SELECT stream_id, title, game_name, language, started_at, ended_at FROM streams
        WHERE channel_id = :channel_id AND started_at < :before
        ORDER BY started_at DESC LIMIT :most
    ) newest
) s
LEFT JOIN discord_streams d ON d.stream_id = s.stream_id
LEFT JOIN discord_viewers v ON v.stream_id = s.stream_id
LEFT JOIN stream_viewers own ON own.stream_id = s.stream_id
LEFT JOIN stream_recaps r ON r.stream_id = s.stream_id
ORDER BY s.started_at DESC;

-- name: eruption_hours(channel_id, weeks)
-- Moments by hour of the week in UTC: 0 is Monday's first.
SELECT
    (24 * (extract(isodow FROM crossed_at AT TIME ZONE 'UTC') - 1) + extract(hour FROM crossed_at AT TIME ZONE 'UTC'))
        ::integer AS hour,
    count(*) AS moments
FROM visible_moments
WHERE channel_id = :channel_id AND crossed_at > now() - make_interval(weeks => :weeks::integer)
GROUP BY 1;

-- name: counted_until()
-- The end of the last minute that is counted and stored.
SELECT date_trunc('minute', event_at - interval '10 s') AS until_at FROM pipeline_progress WHERE stage = 'job';

-- name: people_by_second(channel_id, from_at, until_at)
SELECT minute_at, chatters FROM chat_counts
WHERE channel_id = :channel_id AND minute_at >= :from_at AND minute_at < :until_at;

-- name: people_by_minute(channel_ids, from_at, until_at)
-- The loudest second of each minute.
SELECT channel_id, minute_at, (SELECT max(people) FROM unnest(chatters) AS people) AS people FROM chat_counts
WHERE channel_id = ANY(:channel_ids) AND minute_at >= :from_at AND minute_at < :until_at;

-- name: coverage_of(channel_ids, from_at, until_at)
-- The events in this time, and the last one before it, which says whether the channel was read when it began. A gap
-- that began a day earlier is known by that one too.
SELECT channel_id, event, from_at, until_at FROM coverage
WHERE channel_id = ANY(:channel_ids) AND from_at < :until_at AND from_at >= :from_at::timestamptz - interval '1 day'
    AND coalesce(until_at, from_at) >= :from_at
UNION ALL
SELECT last.* FROM unnest(:channel_ids::text[]) AS wanted(id) CROSS JOIN LATERAL (
    SELECT channel_id, event, from_at, until_at FROM coverage
    WHERE channel_id = wanted.id AND event <> 'gap' AND from_at < :from_at
    ORDER BY from_at DESC LIMIT 1
) last;

-- name: ask_for_channel(name)
-- Counts on; a list that is full takes no new names, which only somebody who plays with it would fill.
INSERT INTO channel_requests AS known (name)
SELECT :name::text WHERE (SELECT count(*) FROM channel_requests) < 5000
    OR EXISTS (SELECT FROM channel_requests WHERE name = :name::text)
ON CONFLICT (name) DO UPDATE SET requests = known.requests + 1, asked_at = now()
RETURNING name;

-- name: opt_out(channel_id, login)
SELECT opt_out_channel(:channel_id, :login);

-- name: best_of_channel(channel_id, most)
SELECT moment_id FROM visible_moments WHERE channel_id = :channel_id
ORDER BY grade DESC, crossed_at DESC, moment_id DESC LIMIT :most;
