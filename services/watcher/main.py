"""Starts the watcher: it checks and tells, beats the dead man's switch, and notes what is up."""

import structlog

from service_runtime import logs
from service_runtime.ports import open_ports
from service_runtime.settings import LogSettings, PostgresSettings, load_all
from service_runtime.supervision import Supervisor
from watcher.outside.beat import Beat
from watcher.progress import ProgressReader
from watcher.record.notes import WaitingNotes
from watcher.record.recording_loop import RecordingLoop
from watcher.record.sources import Sources, UptimeDatabase
from watcher.settings import WatcherSettings
from watcher.state_file import StateFile
from watcher.watch_loop import WatchLoop
from watcher.webhook import Webhook

log = structlog.get_logger()


def main() -> int:
    """Run until a stop signal or the worker's failure; return the exit code."""
    log_settings, postgres, settings = load_all(LogSettings, PostgresSettings, WatcherSettings)
    logs.configure("watcher", log_settings.level)
    conninfo = open_ports("watcher", postgres, settings.bind_address, settings.metrics_port)
    webhook = Webhook(settings.webhook_url_file, settings.webhook_kind)
    if not webhook.is_set():
        log.warning("notices will only be logged: write the webhook's URL to the file of WATCHER_WEBHOOK_URL_FILE")
    loop = WatchLoop(
        progress=ProgressReader(conninfo),
        webhook=webhook,
        state_file=StateFile(settings.state_file),
        limits=settings.limits(),
        delays=settings.delays(),
    )
    beat = Beat(settings.beat_url_file, loop.problem)
    recording = recording_loop(settings, conninfo)
    supervisor = Supervisor()
    supervisor.add("watching", lambda stop: loop.run(stop, settings.interval_seconds))
    supervisor.add("beating", lambda stop: beat.run(stop, settings.beat_seconds))
    supervisor.add("noting uptime", lambda stop: recording.run(stop, settings.look_seconds))
    return supervisor.wait()


def recording_loop(settings: WatcherSettings, conninfo: str) -> RecordingLoop:
    """Build the worker that notes uptime, over a connection of its own: a slow look holds up no notice."""
    database = UptimeDatabase(conninfo)
    return RecordingLoop(
        sources=Sources(database, settings.site_url, settings.standby_url),
        database=database,
        waiting=WaitingNotes(settings.uptime_file),
        limits=settings.uptime_limits(),
        confirm_seconds=settings.trouble_hold_seconds,
    )
