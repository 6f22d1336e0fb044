"""All metrics; a service counts only what is defined here. No label is unbounded."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """One Prometheus metric: its name (with unit), kind, help text and labels.

    `buckets`: a histogram's upper bounds; empty for Prometheus's own, from 5 ms to 10 s.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


# Seconds: a fast SSD takes 0.1 ms, a slow one 5, a hard disk 10, an SD card 50.
SYNC_BUCKETS = (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)
# Seconds behind what was said in chat: ticks alone wait 1.5, a backlog takes minutes.
BEHIND_BUCKETS = (1.0, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 300.0, 3600.0)


# Every service
BUILD_INFO = Metric(
    "stream_scout_build_info", "gauge", "Always 1; the labels say which build runs", ("version", "commit", "service")
)
DEAD_LETTERS = Metric("stream_scout_dead_letters_total", "counter", "Records that could not be decoded", ("place",))
WORKER_FAILURES = Metric(
    "stream_scout_worker_failures_total", "counter", "Workers that ended unexpectedly", ("worker",)
)
MEMORY = Metric("stream_scout_memory_bytes", "gauge", "What the container takes, without files that can be dropped")
MEMORY_LIMIT = Metric(
    "stream_scout_memory_limit_bytes", "gauge", "What the container may take; missing without a limit"
)
GROUP_LAG = Metric(
    "stream_scout_group_lag_records", "gauge", "Records in Kafka that a group has not read yet", ("group", "topic")
)

# The machine itself: tools/machine_health, which runs without our packages and repeats these
MACHINE_THROTTLED = Metric(
    "machine_throttled",
    "gauge",
    "1 if a Raspberry Pi is slowed down for this reason, now or since boot",
    ("reason", "when"),
)
MACHINE_UNDER_VOLTAGE = Metric(
    "machine_under_voltage_total", "counter", "Times the kernel saw too little voltage since boot"
)
MACHINE_DISK_ERRORS = Metric(
    "machine_disk_errors_total", "counter", "Errors of a disk since boot, by who counted them", ("disk", "source")
)
MACHINE_READ_ONLY = Metric(
    "machine_read_only", "gauge", "1 if a file system is read-only though /etc/fstab wants it writable", ("mountpoint",)
)

# stream_monitoring
CHAT_LINES = Metric("stream_monitoring_lines_total", "counter", "Lines read from Twitch chat", ("command",))
CHAT_RECORDS = Metric("stream_monitoring_records_total", "counter", "Records written to the spool", ("kind",))
DUPLICATE_MESSAGES = Metric("stream_monitoring_duplicates_total", "counter", "Duplicate messages dropped")
RELAYED_LINES = Metric(
    "stream_monitoring_relayed_lines_total", "counter", "Lines of another room of a Shared Chat session, dropped"
)
IGNORED_MESSAGES = Metric(
    "stream_monitoring_ignored_messages_total", "counter", "Messages of bots and others who count for nothing"
)
MESSAGES_BY_PATH = Metric("stream_monitoring_messages_total", "counter", "Chat messages parsed, by path", ("path",))
LATE_RECORDS = Metric("stream_monitoring_late_records_total", "counter", "Records at or before the last tick")
SOCKETS = Metric("stream_monitoring_sockets", "gauge", "Chat sockets by state", ("state",))
RECONNECTS = Metric("stream_monitoring_reconnects_total", "counter", "Sockets reopened", ("reason",))
CHANNELS = Metric("stream_monitoring_channels", "gauge", "Channels by state", ("state",))
NAMED_UNKNOWN = Metric(
    "stream_monitoring_unknown_names", "gauge", "Pinned channels and games of the settings that Twitch does not know"
)
GAP_SECONDS = Metric(
    "stream_monitoring_gap_seconds_total", "counter", "Channel seconds that no instance read", ("reason",)
)
TICK_AGE = Metric("stream_monitoring_tick_age_seconds", "gauge", "Age of the last tick by Twitch's clock")
SPOOL_BYTES = Metric("stream_monitoring_spool_bytes", "gauge", "Bytes on disk in the spool")
SPOOL_BACKLOG_BYTES = Metric("stream_monitoring_spool_backlog_bytes", "gauge", "Bytes not forwarded yet")
SPOOL_DROPPED_BYTES = Metric("stream_monitoring_spool_dropped_bytes_total", "counter", "Bytes deleted unforwarded")
DISK_FREE_BYTES = Metric("stream_monitoring_disk_free_bytes", "gauge", "Bytes free on the spool's disk")
SPOOL_SYNC_SECONDS = Metric(
    "stream_monitoring_spool_sync_seconds", "histogram", "Time of a sync of the spool", buckets=SYNC_BUCKETS
)
FORWARDED_RECORDS = Metric("stream_monitoring_forwarded_records_total", "counter", "Records committed to Kafka")
COMMIT_SECONDS = Metric("stream_monitoring_commit_seconds", "histogram", "Time of a Kafka transaction")
HOLDER = Metric("stream_monitoring_holder", "gauge", "1 while this instance forwards")

# clip_detector
DETECTOR_SECONDS = Metric("clip_detector_seconds_total", "counter", "Channel seconds processed")
DETECTOR_RECORDS = Metric("clip_detector_records_total", "counter", "Records emitted", ("topic",))
DETECTOR_LATE_RECORDS = Metric("clip_detector_late_records_total", "counter", "Records at or before the last tick")
DETECTOR_EVENT_TIME = Metric("clip_detector_event_time_seconds", "gauge", "Event time reached, seconds since 1970")
DETECTOR_CATALOGUES = Metric(
    "clip_detector_emote_catalogues_readable",
    "gauge",
    "1 if moments know the emotes of 7TV, BetterTTV and FrankerFaceZ",
)

# the counter of emotes
EMOTE_MESSAGES = Metric("emote_counts_messages_total", "counter", "Chat messages searched for emotes")
EMOTE_USES = Metric("emote_counts_uses_total", "counter", "Uses counted", ("provider",))
EMOTE_LATE = Metric(
    "emote_counts_late_messages_total", "counter", "Messages with emotes that came after their minute was closed"
)
EMOTE_REPEATED = Metric("emote_counts_repeated_messages_total", "counter", "Messages that were counted already")
EMOTE_LEFT_OUT = Metric(
    "emote_counts_left_out_uses_total", "counter", "Uses that were not counted, by the limit that they met", ("limit",)
)
EMOTE_MINUTES = Metric("emote_counts_minutes_total", "counter", "Minutes of channels published", ("state",))
EMOTE_TICK_AGE = Metric(
    "emote_counts_tick_age_seconds", "gauge", "Age of the last tick up to which emotes were counted, by its own time"
)
EMOTE_OPEN = Metric("emote_counts_open_emotes", "gauge", "Emotes of open minutes in memory")

# recorder
RECORDED_ROWS = Metric("recorder_rows_total", "counter", "Rows written to Postgres", ("table",))
RECORDER_BATCH_SECONDS = Metric("recorder_batch_seconds", "histogram", "Time of a batch, poll to commit")
RECORDER_SKIPPED = Metric("recorder_skipped_records_total", "counter", "Records that are not stored", ("topic",))
RECORDER_INSPECTED = Metric("recorder_inspected_messages_total", "counter", "Chat records read by the inspector")
ROLLED_UP = Metric("recorder_emote_days_total", "counter", "Channel days whose minutes of emotes became rows of a day")
RECAPS_ROLLED_UP = Metric("recorder_recaps_rolled_up_total", "counter", "Recaps of streams made, extended or made anew")
SELF_SCORED = Metric("recorder_self_scores_total", "counter", "Channel days scored by what viewers clipped")
VIEWER_PLACES = Metric(
    "recorder_viewer_places",
    "gauge",
    "Places that two or more viewers clipped: found, missed, or in chat that nobody read",
    ("period", "state"),
)
JUDGED_MOMENTS = Metric(
    "recorder_judged_moments", "gauge", "Moments of scored days, by whether a viewer clipped them", ("period", "state")
)
MOMENT_ROW_SECONDS = Metric(
    "recorder_moment_seconds",
    "histogram",
    "Time from the second in which chat crossed the threshold to the moment's row",
    buckets=BEHIND_BUCKETS,
)
RECORDER_WAITS = Metric("recorder_postgres_waits_total", "counter", "Waits while Postgres was away")

# clip_creator
CLIP_OUTCOMES = Metric("clip_creator_outcomes_total", "counter", "Outcomes by status", ("status",))
CLIP_SECONDS = Metric("clip_creator_confirm_seconds", "histogram", "Time from the request until the clip appears")
MOMENT_CLIP_SECONDS = Metric(
    "clip_creator_moment_seconds",
    "histogram",
    "Time from the second in which chat crossed the threshold to the clip",
    buckets=BEHIND_BUCKETS,
)

# viewer_clips
VIEWER_CLIPS_JOBS = Metric(
    "viewer_clips_jobs_total", "counter", "Stretches of a channel's clips that were asked for", ("kind", "outcome")
)
VIEWER_CLIPS_SENT = Metric("viewer_clips_sent_total", "counter", "Viewers' clips sent to Kafka", ("news",))
VIEWER_CLIPS_LEFT_OUT = Metric(
    "viewer_clips_left_out_total",
    "counter",
    "Clips that are not told: ours, the broadcaster's, or of an impossible form",
    ("reason",),
)
VIEWER_CLIPS_CHANNELS = Metric("viewer_clips_channels", "gauge", "Channels whose clips are asked for", ("state",))
VIEWER_CLIPS_BEHIND = Metric(
    "viewer_clips_behind_seconds", "gauge", "Time since the live channel that waits longest was asked for"
)
VIEWER_CLIPS_OPEN = Metric(
    "viewer_clips_open_seconds", "gauge", "Length of what an outage left open, of all channels together"
)

# twitch_access
HELIX_REQUESTS = Metric("twitch_requests_total", "counter", "Helix requests", ("endpoint", "outcome"))
HELIX_ODD_ITEMS = Metric(
    "twitch_odd_items_total", "counter", "Items of Helix' answers left out for their shape", ("endpoint",)
)
HELIX_BUDGET = Metric("twitch_budget_remaining", "gauge", "Requests left in Twitch's window")
TOKEN_INVALID = Metric("twitch_token_invalid", "gauge", "1 when a person has to sign in again")
TOKEN_UNWRITTEN = Metric("twitch_token_unwritten", "gauge", "1 while renewed tokens cannot be written to their file")

# emote_catalogue
EMOTE_CATALOGUE_ANSWERS = Metric(
    "emote_catalogue_answers_total",
    "counter",
    "Catalogues asked for: good, or the failure's kind",
    ("provider", "outcome"),
)
EMOTE_CATALOGUE_CHANGES = Metric("emote_catalogue_changes_total", "counter", "Emotes that came or went", ("provider",))
EMOTE_CATALOGUE_AGE = Metric(
    "emote_catalogue_age_seconds", "gauge", "Age of a provider's last good answer", ("provider",)
)

# api_frontend
PAGE_SECONDS = Metric("api_request_seconds", "histogram", "Time of a request", ("route", "status"))
QUERY_SECONDS = Metric("api_query_seconds", "histogram", "Time of a query of Postgres, by its name", ("query",))
REDIS_REACHABLE = Metric("api_redis_reachable", "gauge", "1 while Redis answers; without it requests count in memory")
MOMENT_PAGE_SECONDS = Metric(
    "api_moment_seconds",
    "histogram",
    "Time from the second in which chat crossed the threshold to its news on open pages",
    buckets=BEHIND_BUCKETS,
)
LIVE_VIEWERS = Metric("api_live_pages", "gauge", "Open pages that receive new moments")
LIVE_REFUSED = Metric(
    "api_live_refused_total", "counter", "Pages refused since all places were taken: by one client or all", ("by",)
)
STALLED_CONNECTIONS = Metric(
    "api_stalled_connections_total", "counter", "Connections closed because the visitor stopped reading or vanished"
)
OWN_CLIPS = Metric(
    "api_own_clips_total", "counter", "Clips that channels' own people asked for: made, or why not", ("outcome",)
)
CHANNEL_SIGN_INS = Metric(
    "api_channel_sign_ins_total", "counter", "Sign-ins of channels' own people: kept, stranger or failed", ("outcome",)
)
DATA_AGE = Metric("api_data_age_seconds", "gauge", "Age of the newest processed chat")

# watcher
WATCHER_CONDITION = Metric("watcher_condition", "gauge", "1 for the present condition", ("condition",))
WATCHER_HEARTBEAT_AGE = Metric("watcher_heartbeat_age_seconds", "gauge", "Age of the recorder's heartbeat")
WATCHER_DATA_AGE = Metric("watcher_data_age_seconds", "gauge", "Age of the newest processed chat")
WATCHER_LOOKED_AT = Metric("watcher_looked_at_seconds", "gauge", "Time of the last check, seconds since 1970 UTC")
WATCHER_NOTICES = Metric("watcher_notices_total", "counter", "Notices decided on", ("event",))
WATCHER_POSTS = Metric("watcher_posts_total", "counter", "Posts to the webhook", ("outcome",))
WATCHER_WAITING = Metric("watcher_waiting_notices", "gauge", "Notices not delivered yet")
BACKUP_AGE = Metric("backup_age_seconds", "gauge", "Age of the newest good backup; infinite without one", ("kind",))
BACKUP_FAILING = Metric("backup_failing", "gauge", "1 while the last try of a backup failed", ("kind",))
WATCHER_PAUSE = Metric("watcher_pause_seconds", "gauge", "Time left of an operator's pause, as during a deploy")
WATCHER_BEATS = Metric("watcher_beats_total", "counter", "Beats to the operator's dead man's switch", ("outcome",))
WATCHER_BEAT_AT = Metric("watcher_beat_at_seconds", "gauge", "Time of the last beat that was taken, since 1970 UTC")
WATCHER_PART_UP = Metric("watcher_part_up", "gauge", "1 while a part of the site is up, NaN if nobody knows", ("part",))
WATCHER_UPTIME_WAITING = Metric("watcher_uptime_waiting_notes", "gauge", "Notes of uptime not in Postgres yet")

# log_collector
LOG_LINES = Metric(
    "log_collector_lines_total", "counter", "Entries of the log that were stored", ("machine", "service")
)
LOG_INSERTS = Metric(
    "log_collector_inserts_total", "counter", "Answers of the store: stored, failed, or restarted", ("outcome",)
)
LOG_SOURCE_ANSWERS = Metric(
    "log_collector_source_answers", "gauge", "1 while a machine's log source answers", ("machine",)
)
LOG_BEHIND = Metric("log_collector_behind_bytes", "gauge", "Bytes of log files that are not stored yet", ("machine",))
LOG_COLLECTED_AT = Metric(
    "log_collector_collected_at_seconds",
    "gauge",
    "When all of a machine's files were last read to their end, seconds since 1970",
    ("machine",),
)

# discord_bot
DISCORD_GUILDS = Metric("discord_bot_servers", "gauge", "Servers that the bot is in")
DISCORD_FOLLOWED = Metric("discord_bot_followed_channels", "gauge", "Channels that are polled for servers")
DISCORD_ROUND_SECONDS = Metric(
    "discord_bot_poll_round_seconds", "gauge", "Time of the last round through all followed channels"
)
DISCORD_PLANNED_SECONDS = Metric(
    "discord_bot_planned_round_seconds",
    "gauge",
    "Time that a round is planned to take, by the setting and by the bot's share of Twitch's points",
    ("limit",),
)
DISCORD_POLLED_AT = Metric("discord_bot_polled_at_seconds", "gauge", "When Twitch last said who is live (Unix time)")
DISCORD_CONNECTED = Metric("discord_bot_connected", "gauge", "1 while this instance is connected to Discord")
DISCORD_MESSAGES = Metric("discord_bot_messages_total", "counter", "Messages by outcome", ("kind", "outcome"))
DISCORD_EDITS = Metric("discord_bot_edits_total", "counter", "Edits and deletions by outcome", ("outcome",))
DISCORD_RECOVERED = Metric(
    "discord_bot_recovered_total", "counter", "Intents without an outcome, by what was found of them", ("found",)
)
DISCORD_COMMANDS = Metric("discord_bot_commands_total", "counter", "Slash commands", ("command", "outcome"))
DISCORD_HOLDER = Metric("discord_bot_holder", "gauge", "1 while this instance answers and sends")

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Metric))
