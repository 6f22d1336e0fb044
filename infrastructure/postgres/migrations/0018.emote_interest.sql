-- Which channels somebody looks at right now: for these the counter of emotes sends the open minute every two seconds.
-- depends: 0017.emote_counts

-- The site renews a row while a graph is open, and removes rows that are over. Unlogged: a row matters for 30 s, and
-- costs no sync; after a crash the table is empty, and open graphs fill it again.
CREATE UNLOGGED TABLE emote_interest (
    channel_id   text PRIMARY KEY,
    wanted_until timestamptz NOT NULL
);
