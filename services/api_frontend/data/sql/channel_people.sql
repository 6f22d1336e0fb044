-- Streamers and editors who signed in with Twitch, and what they chose.

-- name: keep_consent(user_id, login, scopes, tokens)
-- Signing in again replaces the tokens; what was agreed to before is asked for again by Twitch.
INSERT INTO twitch_consents (user_id, login, scopes, tokens)
SELECT :user_id, :login, :scopes::text[], :tokens::bytea
WHERE :user_id::text NOT IN (SELECT channel_id FROM opted_out)
ON CONFLICT (user_id) DO UPDATE SET
    login = excluded.login, scopes = excluded.scopes, tokens = excluded.tokens, given_at = now(), used_at = now(),
    checked_at = now()
RETURNING user_id;

-- name: consent(user_id)
SELECT user_id, login, scopes, tokens, given_at FROM twitch_consents WHERE user_id = :user_id;

-- name: renew_tokens(user_id, before, tokens)
-- Unless another program was faster.
UPDATE twitch_consents SET tokens = :tokens::bytea, checked_at = now()
WHERE user_id = :user_id AND tokens = :before::bytea
RETURNING user_id;

-- name: lock_tokens_anew(user_id, before, tokens)
-- The same tokens under another key.
UPDATE twitch_consents SET tokens = :tokens::bytea
WHERE user_id = :user_id AND tokens = :before::bytea
RETURNING user_id;

-- name: note_checked(user_id)
UPDATE twitch_consents SET checked_at = now() WHERE user_id = :user_id RETURNING user_id;

-- name: end_consent(user_id)
-- What was under way is left as it is, and nobody looks for it any more; nor does anything say any more who it was.
WITH left_alone AS (
    UPDATE own_clips SET
        state = CASE WHEN settled_at IS NULL THEN 'unknown' ELSE state END,
        reason = CASE WHEN settled_at IS NULL THEN 'revoked' ELSE reason END,
        settled_at = coalesce(settled_at, now()),
        user_id = CASE WHEN user_id = :user_id THEN '' ELSE user_id END
    WHERE user_id = :user_id OR channel_id = :user_id AND settled_at IS NULL
)
DELETE FROM twitch_consents WHERE user_id = :user_id RETURNING tokens;

-- name: consents_to_check(older_seconds, most)
SELECT user_id, login, scopes, tokens, given_at FROM twitch_consents
WHERE checked_at < now() - make_interval(secs => :older_seconds::double precision)
ORDER BY checked_at
LIMIT :most;

-- name: all_tokens()
SELECT user_id, tokens FROM twitch_consents;

-- name: idle_consents(days, most)
SELECT user_id FROM twitch_consents WHERE used_at < now() - make_interval(days => :days) LIMIT :most;

-- name: open_channel_session(session_hash, user_id, seconds)
INSERT INTO twitch_sessions (session_hash, user_id, expires_at)
SELECT :session_hash, user_id, now() + make_interval(secs => :seconds::double precision)
FROM twitch_consents WHERE user_id = :user_id
RETURNING user_id;

-- name: channel_session(session_hash)
-- Whose browser it is; that they were here is noted once an hour.
WITH seen AS (
    UPDATE twitch_consents AS c SET used_at = now()
    FROM twitch_sessions AS s
    WHERE s.session_hash = :session_hash AND s.expires_at > now() AND c.user_id = s.user_id
        AND c.used_at < now() - interval '1 hour'
)
SELECT c.user_id, c.login, c.scopes, c.given_at
FROM twitch_sessions AS s JOIN twitch_consents AS c ON c.user_id = s.user_id
WHERE s.session_hash = :session_hash AND s.expires_at > now();

-- name: end_channel_session(session_hash)
DELETE FROM twitch_sessions WHERE session_hash = :session_hash RETURNING user_id;

-- name: forget_channel_sessions(user_id, most)
DELETE FROM twitch_sessions
WHERE expires_at <= now() OR session_hash IN (
    SELECT session_hash FROM twitch_sessions WHERE user_id = :user_id ORDER BY created_at DESC OFFSET :most
)
RETURNING user_id;

-- name: editor(channel_id, user_id)
-- Whether the streamer's consent lets editors in, and how long ago Twitch named this one.
SELECT
    c.scopes, extract(epoch FROM now() - e.checked_at)::double precision AS checked_seconds
FROM twitch_consents AS c
LEFT JOIN channel_editors AS e ON e.channel_id = c.user_id AND e.user_id = :user_id
WHERE c.user_id = :channel_id;

-- name: keep_editor(channel_id, user_id)
INSERT INTO channel_editors (channel_id, user_id)
SELECT :channel_id, :user_id
WHERE EXISTS (SELECT FROM twitch_consents WHERE user_id = :channel_id)
    AND EXISTS (SELECT FROM twitch_consents WHERE user_id = :user_id)
ON CONFLICT (channel_id, user_id) DO UPDATE SET checked_at = now()
RETURNING user_id;

-- name: end_editor(channel_id, user_id)
-- With what they chose for the channel.
WITH choice AS (
    DELETE FROM night_choices WHERE channel_id = :channel_id AND user_id = :user_id
)
DELETE FROM channel_editors WHERE channel_id = :channel_id AND user_id = :user_id RETURNING user_id;

-- name: editors_to_check(older_seconds, most)
SELECT channel_id, array_agg(user_id) AS user_ids FROM channel_editors
WHERE checked_at < now() - make_interval(secs => :older_seconds::double precision)
GROUP BY channel_id
LIMIT :most;

-- name: own_moments(channel_id, before_at, most)
SELECT * FROM own_moments(:channel_id, :before_at, :most);

-- name: own_moment(channel_id, moment_id)
SELECT * FROM own_moments(:channel_id, 'infinity', 1, :moment_id);

-- name: hide_own_moment(channel_id, moment_id)
SELECT hide_own_moment(:channel_id, :moment_id) AS done;

-- name: show_own_moment(channel_id, moment_id)
SELECT show_own_moment(:channel_id, :moment_id) AS done;

-- name: night_choice(channel_id, user_id)
SELECT n.guild_id, n.text_channel_id, g.name AS guild_name, p.text_channels
FROM night_choices AS n
JOIN discord_guilds AS g ON g.guild_id = n.guild_id
LEFT JOIN discord_places AS p ON p.guild_id = n.guild_id
WHERE n.channel_id = :channel_id AND n.user_id = :user_id;

-- name: choose_night(channel_id, user_id, guild_id, text_channel_id)
-- No row comes back where a consent or the server is gone meanwhile.
INSERT INTO night_choices (channel_id, user_id, guild_id, text_channel_id)
SELECT s.user_id, p.user_id, g.guild_id, :text_channel_id
FROM twitch_consents AS s, twitch_consents AS p, discord_guilds AS g
WHERE s.user_id = :channel_id AND p.user_id = :user_id AND g.guild_id = :guild_id AND g.left_at IS NULL
ON CONFLICT (channel_id, user_id) DO UPDATE SET
    guild_id = excluded.guild_id, text_channel_id = excluded.text_channel_id, chosen_at = now()
RETURNING channel_id;

-- name: end_night(channel_id, user_id)
DELETE FROM night_choices WHERE channel_id = :channel_id AND user_id = :user_id RETURNING channel_id;
