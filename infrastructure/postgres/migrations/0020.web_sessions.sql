-- The website's settings of Discord servers: who signed in with Discord, and what there is to choose from.
-- depends: 0019.discord

-- Written by the bot from Discord's own events: the text channels that it sees and the roles, by name. The site asks
-- Discord for neither, since it has no token of the bot's.
CREATE TABLE discord_places (
    guild_id      bigint PRIMARY KEY REFERENCES discord_guilds ON DELETE CASCADE,
    text_channels jsonb NOT NULL DEFAULT '[]',
    roles         jsonb NOT NULL DEFAULT '[]'
);

-- A browser that signed in with Discord. `session_hash`: of the id that its cookie carries. `token_part`: Discord's token
-- is kept in two parts of which neither says anything; the other one is in the cookie. `guilds`: the servers that the
-- person may manage, as Discord said at `guilds_at`.
CREATE TABLE web_sessions (
    session_hash bytea PRIMARY KEY,
    user_id      bigint NOT NULL,
    user_name    text NOT NULL,
    token_part   bytea NOT NULL,
    guilds       jsonb NOT NULL,
    guilds_at    timestamptz NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX web_sessions_user ON web_sessions (user_id, created_at);
CREATE INDEX web_sessions_expiry ON web_sessions (expires_at);
