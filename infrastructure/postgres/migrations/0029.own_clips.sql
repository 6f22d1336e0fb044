-- What a channel's own people ask for: clips from the recording, and to be told of last night on Discord.
-- depends: 0028.twitch_consents

-- A row for each moment, written before Twitch is asked, so that no clip is asked for twice. `ends_at`: the clip's end,
-- in seconds of the recording. `asked`: Twitch named the clip, which is not there yet; `unknown`: nobody can tell whether
-- it was made. `asked_first_at`: since when it is looked for among the channel's clips.
CREATE TABLE own_clips (
    moment_id        text PRIMARY KEY,
    channel_id       text NOT NULL,
    user_id          text NOT NULL,
    vod_id           text NOT NULL,
    ends_at          integer NOT NULL CHECK (ends_at >= 0),
    duration_seconds real NOT NULL,
    title            text NOT NULL,
    state            text NOT NULL CHECK (state IN ('intent', 'asked', 'made', 'refused', 'unknown')),
    reason           text NOT NULL DEFAULT '',
    clip_id          text,
    asked_first_at   timestamptz NOT NULL DEFAULT now(),
    intended_at      timestamptz NOT NULL DEFAULT now(),
    settled_at       timestamptz
);
CREATE INDEX own_clips_channel ON own_clips (channel_id);
CREATE INDEX own_clips_user ON own_clips (user_id);
CREATE INDEX own_clips_open ON own_clips (intended_at) WHERE state IN ('intent', 'asked');

-- The clip is the moment's from now on. A far higher revision than the clip creator's, so that none of its own, which may
-- come again from Kafka, takes its place; a clip that was made meanwhile stays.
CREATE FUNCTION put_own_clip(
    own_id text, wanted text, title text, seconds real, clip text, address text, embed text, picture text
) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH written AS (
        INSERT INTO public.clips AS known (
            moment_id, revision_number, channel_id, crossed_at, status, decided_at, title, duration_seconds, clip_id,
            url, embed_url, thumbnail_url
        )
        SELECT m.moment_id, 1000, m.channel_id, m.crossed_at, 'made', now(), $3, $4, $5, $6, $7, $8
        FROM public.moments AS m WHERE m.moment_id = wanted AND m.channel_id = own_id
        ON CONFLICT (moment_id) DO UPDATE SET
            revision_number = known.revision_number + 1000, status = 'made', decided_at = now(), reason = '',
            title = excluded.title, duration_seconds = excluded.duration_seconds, clip_id = excluded.clip_id,
            url = excluded.url, embed_url = excluded.embed_url, thumbnail_url = excluded.thumbnail_url,
            recorded_at = now()
        WHERE known.status <> 'made'
        RETURNING moment_id
    ), told AS (
        SELECT pg_notify('moments', json_build_object('id', moment_id)::text) FROM written
    )
    SELECT (SELECT count(*) FROM told) > 0
$$;

-- Where a channel's own people want to be told of each stream once it is over. Gone with their consent, and with the
-- streamer's.
CREATE TABLE night_choices (
    channel_id      text NOT NULL REFERENCES twitch_consents ON DELETE CASCADE,
    user_id         text NOT NULL REFERENCES twitch_consents ON DELETE CASCADE,
    guild_id        bigint NOT NULL REFERENCES discord_guilds ON DELETE CASCADE,
    text_channel_id bigint NOT NULL,
    chosen_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (channel_id, user_id)
);
CREATE INDEX night_choices_user ON night_choices (user_id);
CREATE INDEX night_choices_guild ON night_choices (guild_id);

-- One kind more; what is there satisfied the narrower one, so nothing is read through.
-- squawk-ignore ban-drop-constraint
ALTER TABLE discord_messages DROP CONSTRAINT discord_messages_kind_check;
ALTER TABLE discord_messages ADD CONSTRAINT discord_messages_kind_check
    CHECK (kind IN ('live', 'moment', 'digest', 'night')) NOT VALID;
