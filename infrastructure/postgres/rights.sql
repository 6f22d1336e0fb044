-- What each role may do, table by table. `recorder.migrate` runs this as the owner after the migrations, in one
-- transaction: a right that does not stand here is taken away. A new table needs its lines here.

REVOKE ALL ON ALL TABLES IN SCHEMA public
FROM PUBLIC, api_frontend, recorder, stream_monitoring, chooser, watcher, status, emote_counter, discord_bot,
    backup, exporter;
REVOKE ALL ON ALL ROUTINES IN SCHEMA public
FROM PUBLIC, api_frontend, recorder, stream_monitoring, chooser, watcher, status, emote_counter, discord_bot,
    backup, exporter;

-- The website shows moments and clips through the views that leave out what is hidden or has opted out; the tables
-- themselves are closed to it. It may opt a channel out, and not back in; it counts reports and requests for channels,
-- writes what visitors say of moments through functions alone, and knows which moments were hidden lately, to take them
-- off open pages.
GRANT SELECT ON channels, watched_channels, shown_moments, visible_moments, visible_clips, hiding_state,
    pipeline_progress
TO api_frontend;
GRANT SELECT ON streams, coverage, chat_counts, former_logins, opted_out, emote_versions, emote_catalogues
TO api_frontend;
GRANT SELECT ON emotes, emote_minutes, emote_days, emote_rollups TO api_frontend;
-- Of the notices the site shows raids, in the recap of a stream: how many came, and nobody's name.
GRANT SELECT ON stream_recaps, stream_changes, stream_viewers, notices TO api_frontend;
-- Of what viewers clipped neither titles, which are one stranger's words, nor what has opted out.
GRANT SELECT ON visible_viewer_places, self_scores TO api_frontend;
GRANT SELECT (clip_id, url) ON visible_viewer_clips TO api_frontend;
GRANT SELECT, INSERT, UPDATE, DELETE ON emote_interest TO api_frontend;
GRANT SELECT (moment_id, hidden_at) ON hidden_moments TO api_frontend;
GRANT SELECT, INSERT, UPDATE ON reports, channel_requests TO api_frontend;
GRANT SELECT ON voices, visitor_key TO api_frontend;
-- It keeps browsers that signed in with Discord, and changes what their people may set of the bot.
GRANT SELECT, INSERT, UPDATE, DELETE ON web_sessions TO api_frontend;
GRANT SELECT, UPDATE ON discord_guilds TO api_frontend;
GRANT SELECT, INSERT, UPDATE, DELETE ON discord_follows TO api_frontend;
GRANT SELECT, INSERT, UPDATE ON discord_streamers TO api_frontend;
GRANT SELECT, DELETE ON discord_pauses TO api_frontend;
GRANT SELECT ON discord_places, discord_streams, discord_viewers TO api_frontend;
GRANT EXECUTE ON FUNCTION moment_document, epoch_ms, opt_out_channel, give_voice, forget_visitor, in_stretch
TO api_frontend;
-- It keeps what a channel's own people agreed to. What they hide and clip goes through functions that take the channel.
GRANT SELECT, INSERT, UPDATE, DELETE ON twitch_consents, channel_editors, own_clips, night_choices TO api_frontend;
GRANT SELECT, INSERT, DELETE ON twitch_sessions TO api_frontend;
GRANT EXECUTE ON FUNCTION hide_own_moment, show_own_moment, own_moments, put_own_clip TO api_frontend;

-- The recorder writes what Kafka brings, erases who opted out, and deletes what has been kept long enough.
GRANT SELECT, INSERT, UPDATE, DELETE ON channels, streams, coverage, chat_counts, moments, clips TO recorder;
GRANT SELECT, INSERT, DELETE ON notices, dead_letters TO recorder;
GRANT SELECT, INSERT, UPDATE, DELETE ON stream_recaps, stream_viewers TO recorder;
GRANT SELECT, INSERT, DELETE ON stream_changes TO recorder;
GRANT SELECT, INSERT, UPDATE, DELETE ON viewer_clips TO recorder;
-- What they say of the detector. How many viewers clipped a moment, it says through a function.
GRANT SELECT, INSERT, UPDATE, DELETE ON self_score_days, viewer_places TO recorder;
GRANT SELECT, INSERT, DELETE ON self_scores TO recorder;
GRANT EXECUTE ON FUNCTION note_viewers TO recorder;
GRANT SELECT, INSERT, UPDATE, DELETE ON hidden_moments TO recorder;
GRANT SELECT, DELETE ON reports TO recorder;
GRANT SELECT, INSERT, UPDATE ON pipeline_progress, opt_outs TO recorder;
GRANT SELECT, INSERT, UPDATE, DELETE ON former_logins TO recorder;
GRANT SELECT, DELETE ON watched_channels, channel_requests TO recorder;
GRANT SELECT ON opted_out TO recorder;
GRANT SELECT (channel_id), DELETE ON voices TO recorder;
GRANT EXECUTE ON FUNCTION moment_grade, graded, search_words, forget_old_voices TO recorder;
-- An index is made of these: whoever writes a moment or searches by it calls them. They compute, and read nothing.
GRANT EXECUTE ON FUNCTION moment_places, three_hours TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON emotes, emote_minutes, emote_days, emote_rollups TO recorder;
GRANT SELECT (channel_id), DELETE ON discord_streamers, discord_streams TO recorder;
-- Whose channel has opted out; not the tokens.
GRANT SELECT (user_id), DELETE ON twitch_consents TO recorder;
GRANT SELECT (channel_id), DELETE ON own_clips TO recorder;
GRANT SELECT, INSERT, UPDATE ON recorder_positions, backups TO recorder;
GRANT SELECT, INSERT, UPDATE, DELETE ON pauses TO recorder;
GRANT EXECUTE ON FUNCTION make_chat_counts_partition, drop_chat_counts_partition TO recorder;
GRANT EXECUTE ON FUNCTION make_emote_partitions, drop_emote_partitions, trim_emote_minutes TO recorder;

-- Capture reads what to watch; it writes opt-outs back that an old backup lacks. The chooser writes the list too.
GRANT SELECT ON watched_channels TO stream_monitoring, chooser;
GRANT SELECT, INSERT, UPDATE ON opt_outs TO stream_monitoring, chooser;
GRANT INSERT, UPDATE, DELETE ON watched_channels TO chooser;

GRANT SELECT ON pipeline_progress, backups, pauses TO watcher;
-- It notes which parts of the site are up, of which it sees no more than their times.
GRANT SELECT, INSERT, UPDATE ON uptime TO watcher;
GRANT SELECT (moment_id, crossed_at, shadow) ON moments TO watcher;
GRANT SELECT (moment_id, status) ON clips TO watcher;
GRANT SELECT (held_until) ON discord_lease TO watcher;
GRANT SELECT ON uptime TO api_frontend;
GRANT SELECT, DELETE ON uptime TO recorder;

-- The counter of emotes keeps the copy of their catalogues, and reads who is looked at.
GRANT SELECT ON emote_interest, opted_out TO emote_counter;
GRANT SELECT, INSERT, UPDATE, DELETE ON emote_versions TO emote_counter;
GRANT SELECT, INSERT, DELETE ON emote_catalogues TO emote_counter;
GRANT SELECT, INSERT, UPDATE ON emote_stores TO emote_counter;

-- The Discord bot has tables of its own, and sees moments and clips as the website does.
GRANT SELECT, INSERT, UPDATE, DELETE ON discord_guilds, discord_streamers, discord_follows, discord_streams,
    discord_messages
TO discord_bot;
GRANT SELECT, INSERT, UPDATE, DELETE ON discord_pauses TO discord_bot;
GRANT SELECT, INSERT, UPDATE ON discord_places TO discord_bot;
GRANT SELECT, INSERT, UPDATE ON discord_viewers, discord_lease TO discord_bot;
GRANT SELECT ON restores, discord_notices, visible_moments, visible_clips, channels, opted_out TO discord_bot;
-- Which streams have a recap on the site.
GRANT SELECT (stream_id, channel_id, started_at, ended_at, title, game_name) ON streams TO discord_bot;
GRANT SELECT, DELETE ON discord_stale TO discord_bot;
-- Whom it tells of last night, and which nights are counted to their end.
GRANT SELECT (channel_id, guild_id, text_channel_id, chosen_at) ON night_choices TO discord_bot;
GRANT SELECT (stream_id, channel_id, is_open, is_stale) ON stream_recaps TO discord_bot;
GRANT EXECUTE ON FUNCTION moment_document, epoch_ms TO discord_bot;

-- Not the payloads of dead letters: they may hold people's words.
GRANT SELECT ON pipeline_progress, open_channel_requests TO status;
GRANT SELECT (status, decided_at) ON clips TO status;
GRANT SELECT (place, reason, met_at) ON dead_letters TO status;

-- `backup` and `exporter` have no rights by table: roles.sql makes them members of Postgres's own roles.
