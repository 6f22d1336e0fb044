-- The copy of the catalogues in Postgres. `rows`: a JSON list.

-- name: lock_store(store_id)!
INSERT INTO emote_stores (store_id, change) VALUES (:store_id, 0) ON CONFLICT DO NOTHING;

-- name: published_change(store_id)$
SELECT change FROM emote_stores WHERE store_id = :store_id FOR UPDATE;

-- name: set_published_change(store_id, change)!
UPDATE emote_stores SET change = :change, published_at = now() WHERE store_id = :store_id;

-- name: know_catalogues(rows)!
-- The earlier time stays: what a store before this one knew is still here.
INSERT INTO emote_catalogues (scope, provider, known_from)
SELECT scope, provider, to_timestamp(known_from / 1000.0)
FROM json_to_recordset(:rows) AS given (scope text, provider text, known_from bigint)
ON CONFLICT DO NOTHING;

-- name: end_of_other_stores(rows)!
-- Where a catalogue begins anew, in another store, nothing of it is still there from before.
UPDATE emote_versions AS e SET went_at = to_timestamp(given.known_from / 1000.0)
FROM json_to_recordset(:rows) AS given (scope text, provider text, known_from bigint)
WHERE e.scope = given.scope AND e.provider = given.provider AND e.went_at IS NULL
    AND e.came_at < to_timestamp(given.known_from / 1000.0);

-- name: publish_versions(rows)!
INSERT INTO emote_versions AS e (
    scope, provider, emote_id, name, is_zero_width, is_animated, image, came_at, went_at
)
SELECT
    scope, provider, emote_id, name, is_zero_width, is_animated, image,
    to_timestamp(came_at / 1000.0), to_timestamp(went_at / 1000.0)
FROM json_to_recordset(:rows) AS given (
    scope text, provider text, emote_id text, name text, is_zero_width boolean, is_animated boolean, image text,
    came_at bigint, went_at bigint
)
ON CONFLICT (scope, provider, emote_id, came_at) DO UPDATE SET
    name = excluded.name, is_zero_width = excluded.is_zero_width, is_animated = excluded.is_animated,
    image = excluded.image, went_at = excluded.went_at;

-- name: forget_published(days)!
DELETE FROM emote_versions WHERE went_at < now() - make_interval(days => :days);

-- name: forget_published_channels(channel_ids)!
WITH gone AS (DELETE FROM emote_catalogues WHERE scope = ANY(:channel_ids))
DELETE FROM emote_versions WHERE scope = ANY(:channel_ids);
