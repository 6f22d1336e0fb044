"""Starts the watcher and its one worker."""

import structlog

from service_runtime import logs
from service_runtime.ports import open_ports
from service_runtime.settings import LogSettings, PostgresSettings, load_all
from service_runtime.supervision import Supervisor
from watcher.progress import ProgressReader
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
    supervisor = Supervisor()
    supervisor.add("watching", lambda stop: loop.run(stop, settings.interval_seconds))
    return supervisor.wait()
