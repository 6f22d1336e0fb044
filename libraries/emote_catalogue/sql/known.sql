-- What the site reads of the catalogues.

-- name: known_emotes(channel_id)
-- Every emote that the channel has or had in the last 30 days, its own and everybody's: each name's latest version.
SELECT DISTINCT ON (scope, provider, emote_id, name)
    scope, provider, emote_id, name, is_zero_width, is_animated, image, came_at, went_at
FROM emote_versions
WHERE scope IN (:channel_id, 'global')
ORDER BY scope, provider, emote_id, name, came_at DESC;

-- name: known_since(channel_id)
SELECT scope, provider, known_from FROM emote_catalogues WHERE scope IN (:channel_id, 'global');
