-- Which parts of the site were up, as the watcher noted it: the site's page Uptime is made of it.
-- depends: 0022.pauses

-- A part was in a state from `from_at` until `until_at` at least. The watcher moves `until_at` on each minute and begins
-- a row where something changes. What no row covers nobody knows: it is neither up nor down. Where rows overlap, as
-- after a clock was set back, down counts. `work`: somebody worked on a machine (`pauses`).
CREATE TABLE uptime (
    part     text NOT NULL CHECK (part IN ('website', 'chat', 'moments', 'clips', 'discord', 'work')),
    state    text NOT NULL CHECK (state IN ('up', 'down', 'planned')),
    from_at  timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    PRIMARY KEY (part, state, from_at),
    CHECK (until_at >= from_at),
    CHECK ((part = 'work') = (state = 'planned'))
)
-- Each minute the same few rows are written again: beside themselves, so that no index changes with them.
WITH (fillfactor = 50);
