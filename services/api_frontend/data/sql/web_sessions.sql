-- Browsers that signed in with Discord.

-- name: open_session(session_hash, user_id, user_name, token_part, guilds, seconds)
INSERT INTO web_sessions (session_hash, user_id, user_name, token_part, guilds, guilds_at, expires_at)
VALUES (
    :session_hash, :user_id, :user_name, :token_part, :guilds::jsonb, now(),
    now() + make_interval(secs => :seconds::double precision)
)
ON CONFLICT (session_hash) DO NOTHING
RETURNING user_id;

-- name: session(session_hash)
SELECT
    user_id, user_name, token_part, guilds,
    extract(epoch FROM now() - guilds_at)::double precision AS guilds_seconds
FROM web_sessions
WHERE session_hash = :session_hash AND expires_at > now();

-- name: renew_session(session_hash, guilds)
UPDATE web_sessions SET guilds = :guilds::jsonb, guilds_at = now() WHERE session_hash = :session_hash RETURNING user_id;

-- name: end_session(session_hash)
DELETE FROM web_sessions WHERE session_hash = :session_hash RETURNING user_id;

-- name: forget_sessions(user_id, most)
DELETE FROM web_sessions
WHERE expires_at <= now() OR session_hash IN (
    SELECT session_hash FROM web_sessions WHERE user_id = :user_id ORDER BY created_at DESC OFFSET :most
)
RETURNING user_id;
