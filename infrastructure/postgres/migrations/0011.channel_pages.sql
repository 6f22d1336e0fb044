-- What the pages of channels need: logins that a channel had before, channels that people want to be watched, and a
-- broadcaster's own opt-out.
-- depends: 0010.best

-- An address with an old login leads to its channel. Who has the login now counts more.
CREATE INDEX watched_channels_login ON watched_channels (login);
CREATE TABLE former_logins (
    login      text NOT NULL,
    channel_id text NOT NULL,
    until_at   timestamptz NOT NULL,
    PRIMARY KEY (login, channel_id)
);

-- Who asked is not stored. `name`: a login, or id:123.
CREATE TABLE channel_requests (
    name     text PRIMARY KEY CHECK (length(name) <= 60),
    requests integer NOT NULL DEFAULT 1,
    asked_at timestamptz NOT NULL DEFAULT now()
);

-- What the operator reads: without channels that have opted out.
CREATE VIEW open_channel_requests AS
SELECT
    EXISTS (SELECT FROM watched_channels w WHERE r.name IN (w.login, 'id:' || w.channel_id)) AS is_watched,
    r.name, r.requests, r.asked_at
FROM channel_requests r
WHERE NOT EXISTS (SELECT FROM opt_outs o WHERE o.is_out AND r.name IN (o.login, 'id:' || o.channel_id));

-- The site may opt a channel out, and never back in: it runs this as the owner and has no right to the table.
CREATE FUNCTION opt_out_channel(own_id text, own_login text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.opt_outs AS known (channel_id, login, is_out, changed_at) VALUES (own_id, own_login, true, now())
    ON CONFLICT (channel_id) DO UPDATE SET
        login = excluded.login, is_out = true, changed_at = now(), cleared_for = NULL
    WHERE NOT known.is_out
$$;
