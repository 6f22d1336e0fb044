-- The copy of the emotes' catalogues that the site reads: machine B's store publishes it (libraries/emote_catalogue).
-- depends: 0015.search_index

-- An emote under one name, there from `came_at` until before `went_at`. `scope`: a channel's id, or global.
CREATE TABLE emote_versions (
    scope         text NOT NULL,
    provider      text NOT NULL CHECK (provider IN ('7tv', 'bttv', 'ffz')),
    emote_id      text NOT NULL,
    name          text NOT NULL,
    is_zero_width boolean NOT NULL,
    is_animated   boolean,
    image         text NOT NULL,
    came_at       timestamptz NOT NULL,
    went_at       timestamptz,
    PRIMARY KEY (scope, provider, emote_id, came_at),
    CHECK (went_at >= came_at)
);
CREATE INDEX emote_versions_went ON emote_versions (went_at) WHERE went_at IS NOT NULL;

-- Since when a catalogue is known; before that it is unknown what the channel had.
CREATE TABLE emote_catalogues (
    scope      text NOT NULL,
    provider   text NOT NULL CHECK (provider IN ('7tv', 'bttv', 'ffz')),
    known_from timestamptz NOT NULL,
    PRIMARY KEY (scope, provider)
);

-- How far a store's changes are copied. It stands here and not at the store, so that after a restored backup what the
-- backup lacks is copied again; another store, as after a lost disk, begins at 0.
CREATE TABLE emote_stores (
    store_id     text PRIMARY KEY,
    change       bigint NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
);
