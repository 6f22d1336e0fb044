-- What a streamer or an editor of the channel agreed to by signing in with Twitch, and what they hide.
-- depends: 0027.viewer_clips_recorded

-- A person. Of a streamer `user_id` is the channel's id as well. `tokens`: access and refresh token, encrypted with a key
-- that is in no database. `used_at`: the last time that the person was here; `checked_at`: that Twitch knew the token.
CREATE TABLE twitch_consents (
    user_id    text PRIMARY KEY,
    login      text NOT NULL,
    scopes     text[] NOT NULL DEFAULT '{}',
    tokens     bytea NOT NULL,
    given_at   timestamptz NOT NULL DEFAULT now(),
    used_at    timestamptz NOT NULL DEFAULT now(),
    checked_at timestamptz NOT NULL DEFAULT now()
);

-- A browser that signed in with Twitch. `session_hash`: of the id that its cookie carries.
CREATE TABLE twitch_sessions (
    session_hash bytea PRIMARY KEY,
    user_id      text NOT NULL REFERENCES twitch_consents ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX twitch_sessions_user ON twitch_sessions (user_id, created_at);
CREATE INDEX twitch_sessions_expiry ON twitch_sessions (expires_at);

-- Who is an editor of a channel, as Twitch said when it was asked with the streamer's token at `checked_at`. Gone with the
-- consent of either.
CREATE TABLE channel_editors (
    channel_id text NOT NULL REFERENCES twitch_consents ON DELETE CASCADE,
    user_id    text NOT NULL REFERENCES twitch_consents ON DELETE CASCADE,
    checked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_id, user_id)
);
CREATE INDEX channel_editors_user ON channel_editors (user_id);

-- Hidden by the channel's own people, who may show it again; what an operator hid they may not.
ALTER TABLE hidden_moments ADD COLUMN by_channel boolean NOT NULL DEFAULT false;

-- The website reads no table of moments and hides none, but for a channel's own people: it passes the channel's id on, so
-- that nobody's moment but theirs is meant. Open pages hear of it.
CREATE FUNCTION hide_own_moment(own_id text, wanted text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH written AS (
        INSERT INTO public.hidden_moments (moment_id, why, by_channel)
        SELECT m.moment_id, 'hidden by the channel', true FROM public.moments AS m
        WHERE m.moment_id = wanted AND m.channel_id = own_id AND NOT m.shadow
        ON CONFLICT (moment_id) DO NOTHING
        RETURNING moment_id
    ), told AS (
        SELECT pg_notify('moments', json_build_object('id', moment_id)::text) FROM written
    )
    SELECT (SELECT count(*) FROM told) > 0
$$;

CREATE FUNCTION show_own_moment(own_id text, wanted text) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH shown AS (
        DELETE FROM public.hidden_moments AS h USING public.moments AS m
        WHERE h.moment_id = wanted AND h.by_channel AND m.moment_id = h.moment_id AND m.channel_id = own_id
        RETURNING h.moment_id
    ), told AS (
        SELECT pg_notify('moments', json_build_object('id', moment_id)::text) FROM shown
    )
    SELECT (SELECT count(*) FROM told) > 0
$$;

-- A channel's moments for its own people, the newest first, with those that they hid; an operator's stay away. `wanted`:
-- only this one.
CREATE FUNCTION own_moments(own_id text, before_at timestamptz, most integer, wanted text DEFAULT NULL)
RETURNS TABLE (
    moment_id text, crossed_at timestamptz, document text, is_hidden boolean,
    clip_status text, clip_id text, clip_url text, vod_url text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT
        m.moment_id, m.crossed_at, public.moment_document(m)::text, h.moment_id IS NOT NULL,
        c.status, c.clip_id, c.url, c.vod_url
    FROM public.moments AS m
    LEFT JOIN public.hidden_moments AS h ON h.moment_id = m.moment_id
    LEFT JOIN public.clips AS c ON c.moment_id = m.moment_id
    WHERE m.channel_id = own_id AND NOT m.shadow AND m.crossed_at < before_at AND coalesce(h.by_channel, true)
        AND (wanted IS NULL OR m.moment_id = wanted)
        AND NOT EXISTS (SELECT FROM public.opt_outs AS o WHERE o.channel_id = own_id AND o.is_out)
    ORDER BY m.crossed_at DESC, m.moment_id DESC
    LIMIT most
$$;

-- Messages on Discord that name a moment which was hidden since, until they are made anew. Those of streams have their
-- revisions.
CREATE TABLE discord_stale (
    guild_id bigint NOT NULL,
    kind     text NOT NULL,
    subject  text NOT NULL,
    PRIMARY KEY (guild_id, kind, subject),
    FOREIGN KEY (guild_id, kind, subject) REFERENCES discord_messages ON DELETE CASCADE
);

CREATE FUNCTION moment_was_hidden() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    hidden record;
BEGIN
    SELECT m.channel_id, m.crossed_at INTO hidden FROM public.moments AS m WHERE m.moment_id = new.moment_id;
    UPDATE public.discord_messages SET is_final = false
    WHERE kind = 'moment' AND subject = new.moment_id AND state = 'sent' AND is_final;
    WITH told AS (
        UPDATE public.discord_streams AS s SET revision = revision + 1
        WHERE s.channel_id = hidden.channel_id AND s.ended_at IS NOT NULL
            AND hidden.crossed_at BETWEEN s.started_at AND s.ended_at
        RETURNING s.stream_id
    )
    UPDATE public.discord_messages SET is_final = false
    WHERE kind = 'live' AND state = 'sent' AND is_final AND shown_version > 0
        AND subject IN (SELECT stream_id FROM told);
    INSERT INTO public.discord_stale (guild_id, kind, subject)
    SELECT guild_id, kind, subject FROM public.discord_messages
    WHERE state = 'sent' AND (
        kind = 'night' AND channel_id = hidden.channel_id
            AND settled_at BETWEEN hidden.crossed_at AND hidden.crossed_at + interval '4 days'
        OR kind = 'digest' AND settled_at BETWEEN hidden.crossed_at AND hidden.crossed_at + interval '9 days'
    )
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER moment_was_hidden AFTER INSERT ON hidden_moments
    FOR EACH ROW EXECUTE FUNCTION moment_was_hidden();
