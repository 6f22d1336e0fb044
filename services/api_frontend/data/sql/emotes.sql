-- What the pages of emotes show, beside what libraries/emote_counts reads. Nothing of a channel that has opted out.

-- name: emote_names(providers, provider_ids)
-- Our ids and names of emotes, each emote's latest name last.
SELECT e.emote_id, e.provider, e.provider_id, e.name
FROM unnest(:providers::text[], :provider_ids::text[]) AS k(provider, provider_id)
JOIN emotes AS e USING (provider, provider_id)
ORDER BY e.used_on, e.emote_id;

-- name: emote_looks(scopes, providers, provider_ids)
-- The catalogue's version of each emote in a channel: the one that is there, else the last one; its own before
-- everybody's.
SELECT k.scope, k.provider, k.provider_id, v.name, v.is_animated, v.image, v.went_at
FROM unnest(:scopes::text[], :providers::text[], :provider_ids::text[]) AS k(scope, provider, provider_id)
CROSS JOIN LATERAL (
    SELECT name, is_animated, image, went_at FROM emote_versions AS e
    WHERE e.scope IN (k.scope, 'global') AND e.provider = k.provider AND e.emote_id = k.provider_id
    ORDER BY (e.went_at IS NOT NULL), (e.scope = 'global'), e.came_at DESC
    LIMIT 1
) AS v;

-- name: catalogue_search(channel_id, providers, name_part, most)
-- Emotes that the channel has, or had in the last 30 days, by a part of their names, shorter names first.
SELECT DISTINCT ON (length(v.name), v.name, v.provider, v.emote_id) v.provider, v.emote_id AS provider_id, v.name
FROM emote_versions AS v
WHERE v.scope IN (:channel_id, 'global') AND position(lower(:name_part::text) IN lower(v.name)) > 0
    AND (:providers::text[] IS NULL OR v.provider = ANY(:providers::text[]))
    AND :channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY length(v.name), v.name, v.provider, v.emote_id
LIMIT :most;

-- name: emotes_counted_until()
-- The end of the latest minute that any channel has closed: until then emotes are counted.
SELECT max(m.minute_at) + interval '1 minute' AS until_at FROM watched_channels AS w
CROSS JOIN LATERAL (
    SELECT minute_at FROM emote_minutes AS e
    WHERE e.channel_id = w.channel_id AND e.is_closed AND e.minute_at > now() - interval '1 day'
    ORDER BY e.minute_at DESC LIMIT 1
) AS m;

-- name: newest_emote_minutes(channel_ids, from_at)
-- The latest minutes of some channels, also those that are not closed.
SELECT channel_id, minute_at, is_closed, packed FROM emote_minutes
WHERE channel_id = ANY(:channel_ids) AND minute_at >= :from_at
    AND channel_id NOT IN (SELECT channel_id FROM opted_out)
ORDER BY channel_id, minute_at;

-- name: want_emotes(channel_ids, seconds)
-- Say that somebody looks at these channels, and remove what is over. Several processes do it at once: each takes rows
-- in one order, and leaves what another has.
WITH over AS (
    DELETE FROM emote_interest WHERE channel_id IN (
        SELECT channel_id FROM emote_interest
        WHERE wanted_until < now() AND channel_id <> ALL(:channel_ids::text[])
        ORDER BY channel_id FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO emote_interest (channel_id, wanted_until)
SELECT wanted.id, now() + make_interval(secs => :seconds) FROM unnest(:channel_ids::text[]) AS wanted(id)
ORDER BY wanted.id
ON CONFLICT (channel_id) DO UPDATE SET wanted_until = excluded.wanted_until
RETURNING channel_id;

-- name: emote_channels()
-- The channels whose emotes are added up for all of them together, and where their pages are.
SELECT w.channel_id, coalesce(c.login, w.login) AS login, coalesce(c.display_name, w.login) AS display_name
FROM watched_channels AS w LEFT JOIN channels AS c USING (channel_id)
WHERE w.channel_id NOT IN (SELECT channel_id FROM opted_out);

-- name: closed_minutes_after(channel_ids, after, from_at, most)
-- For each channel the first closed minutes after a time of its own; `from_at`, before none of them, is for the planner.
SELECT wanted.id AS channel_id, m.minute_at, m.packed
FROM unnest(:channel_ids::text[], :after::timestamptz[]) AS wanted(id, after_at)
CROSS JOIN LATERAL (
    SELECT minute_at, packed FROM emote_minutes AS e
    WHERE e.channel_id = wanted.id AND e.minute_at > wanted.after_at AND e.minute_at >= :from_at AND e.is_closed
    ORDER BY e.minute_at LIMIT :most
) AS m;
