-- What the Discord bot knows: servers and their settings, whom they follow, what those broadcast, and every message
-- that it sent or meant to send. Ids of Discord are numbers, ids of Twitch are texts; a `channel` is Twitch's, what it
-- posts into is a `text channel`. Nobody who uses the commands is stored.
-- depends: 0018.emote_interest

-- `locale`: Discord's, which counts where the server chose no `language`. `left_at`: since when the bot is not in it.
CREATE TABLE discord_guilds (
    guild_id              bigint PRIMARY KEY,
    name                  text NOT NULL,
    locale                text NOT NULL DEFAULT '',
    left_at               timestamptz,
    language              text NOT NULL DEFAULT '',
    text_channel_id       bigint,
    role_id               bigint,
    template              text NOT NULL DEFAULT '',
    at_end                text NOT NULL DEFAULT 'edit' CHECK (at_end IN ('edit', 'delete', 'leave')),
    moments_on            boolean NOT NULL DEFAULT false,
    moments_channel_id    bigint,
    moments_early         boolean NOT NULL DEFAULT false,
    moments_least_seconds integer NOT NULL DEFAULT 3600 CHECK (moments_least_seconds >= 0),
    moments_moods         text[] NOT NULL DEFAULT '{}',
    moments_games         text[] NOT NULL DEFAULT '{}',
    moments_per_hour      smallint NOT NULL DEFAULT 6 CHECK (moments_per_hour BETWEEN 1 AND 60),
    digest                text NOT NULL DEFAULT 'none' CHECK (digest IN ('none', 'daily', 'weekly'))
);

-- Everyone who is followed, by Twitch's id: names change. `missing_since`: since when Twitch knows no such account; one
-- answer removes nobody.
CREATE TABLE discord_streamers (
    channel_id    text PRIMARY KEY,
    login         text NOT NULL,
    display_name  text NOT NULL,
    picture_url   text NOT NULL DEFAULT '',
    asked_at      timestamptz NOT NULL DEFAULT now(),
    missing_since timestamptz
);
CREATE INDEX discord_streamers_login ON discord_streamers (login);

-- Empty or null is the server's own setting; no games are all games.
CREATE TABLE discord_follows (
    guild_id        bigint NOT NULL REFERENCES discord_guilds ON DELETE CASCADE,
    channel_id      text NOT NULL REFERENCES discord_streamers ON DELETE CASCADE,
    text_channel_id bigint,
    role_id         bigint,
    template        text NOT NULL DEFAULT '',
    games           text[] NOT NULL DEFAULT '{}',
    followed_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (guild_id, channel_id)
);
CREATE INDEX discord_follows_channel ON discord_follows (channel_id);

-- Text channels that cannot be posted into: shown with the reason, and tried again when somebody asks.
CREATE TABLE discord_pauses (
    guild_id        bigint NOT NULL REFERENCES discord_guilds ON DELETE CASCADE,
    text_channel_id bigint NOT NULL,
    reason          text NOT NULL,
    since           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (guild_id, text_channel_id)
);

-- What followed channels broadcast, as the bot's own polls saw it. `revision` grows with whatever messages show.
-- `seen_at`: the last poll that listed it; `ended_at`: that time, once it has been missing for long enough. Mean viewers
-- are viewers_sum / polls; `viewers` has one number for each five minutes, and has an end.
CREATE TABLE discord_streams (
    stream_id     text PRIMARY KEY,
    channel_id    text NOT NULL,
    started_at    timestamptz NOT NULL,
    title         text NOT NULL DEFAULT '',
    game_name     text NOT NULL DEFAULT '',
    thumbnail_url text NOT NULL DEFAULT '',
    revision      integer NOT NULL DEFAULT 1,
    seen_at       timestamptz NOT NULL DEFAULT now(),
    missing_since timestamptz,
    ended_at      timestamptz,
    viewers_now   integer NOT NULL DEFAULT 0,
    viewers_peak  integer NOT NULL DEFAULT 0,
    viewers_sum   bigint NOT NULL DEFAULT 0,
    polls         integer NOT NULL DEFAULT 0,
    vod_url       text NOT NULL DEFAULT '',
    vod_asked     smallint NOT NULL DEFAULT 0,
    vod_asked_at  timestamptz
);
CREATE INDEX discord_streams_channel ON discord_streams (channel_id, started_at DESC);
CREATE INDEX discord_streams_open ON discord_streams (channel_id) WHERE ended_at IS NULL;

CREATE TABLE discord_viewers (
    stream_id  text PRIMARY KEY REFERENCES discord_streams ON DELETE CASCADE,
    viewers    integer[] NOT NULL DEFAULT '{}',
    sampled_at timestamptz NOT NULL
);

-- The ledger: a row for each message, written before it is sent, so that none is sent twice. `subject`: the id of the
-- stream or the moment, or a digest's day. `nonce`: what Discord knows a repeat by, and the marker that we find our own
-- message by. `unknown`: nobody can tell whether it was sent, so it is not sent again. `over`: it was too late.
CREATE TABLE discord_messages (
    guild_id        bigint NOT NULL REFERENCES discord_guilds ON DELETE CASCADE,
    kind            text NOT NULL CHECK (kind IN ('live', 'moment', 'digest')),
    subject         text NOT NULL,
    channel_id      text,
    text_channel_id bigint NOT NULL,
    nonce           text NOT NULL,
    state           text NOT NULL CHECK (state IN ('intent', 'sent', 'refused', 'unknown', 'over')),
    reason          text NOT NULL DEFAULT '',
    intended_at     timestamptz NOT NULL DEFAULT now(),
    settled_at      timestamptz,
    message_id      bigint,
    shown_version   integer NOT NULL DEFAULT 0,
    edited_at       timestamptz,
    is_final        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (guild_id, kind, subject)
);
CREATE INDEX discord_messages_subject ON discord_messages (kind, subject);
CREATE INDEX discord_messages_open ON discord_messages (kind, subject) WHERE state = 'sent' AND NOT is_final;
CREATE INDEX discord_messages_intents ON discord_messages (intended_at) WHERE state = 'intent';
CREATE INDEX discord_messages_settled ON discord_messages (settled_at);

-- Which of the instances with one token answers and sends.
CREATE TABLE discord_lease (
    is_only    boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    holder     text NOT NULL,
    held_until timestamptz NOT NULL
);

-- A live notice with all that its message shows; a follow that was removed leaves the server's own settings.
CREATE VIEW discord_notices AS
SELECT
    m.guild_id, m.subject, m.text_channel_id, m.nonce, m.state, m.intended_at, m.settled_at, m.message_id,
    m.shown_version, m.edited_at, m.is_final,
    s.stream_id, s.channel_id, s.started_at, s.title, s.game_name, s.thumbnail_url, s.revision, s.seen_at,
    s.missing_since, s.ended_at, s.viewers_now, s.viewers_peak, s.viewers_sum, s.polls, s.vod_url, s.vod_asked,
    t.login, t.display_name, t.picture_url,
    g.locale, g.language, g.at_end,
    coalesce(f.role_id, g.role_id) AS role_id,
    coalesce(nullif(f.template, ''), g.template) AS template
FROM discord_messages AS m
JOIN discord_guilds AS g ON g.guild_id = m.guild_id
JOIN discord_streams AS s ON s.stream_id = m.subject
JOIN discord_streamers AS t ON t.channel_id = s.channel_id
LEFT JOIN discord_follows AS f ON f.guild_id = m.guild_id AND f.channel_id = s.channel_id
WHERE m.kind = 'live' AND g.left_at IS NULL;
