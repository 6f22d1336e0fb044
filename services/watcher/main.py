"""Starts the watcher: one worker that looks, decides and tells."""

import structlog

from service_runtime import logs
from service_runtime.settings import LogSettings, PostgresSettings, load_all
from service_runtime.starting import open_ports
from service_runtime.supervision import Supervisor
from watcher.ledger import Ledger
from watcher.pipeline import Pipeline
from watcher.settings import WatcherSettings
from watcher.watching import Watching
from watcher.webhook import Webhook

log = structlog.get_logger()


def main() -> int:
    """Run until a stop signal or the worker's failure; return the exit code."""
    log_settings, postgres, settings = load_all(LogSettings, PostgresSettings, WatcherSettings)
    logs.configure("watcher", log_settings.level)
    conninfo = open_ports("watcher", postgres, settings.bind_address, settings.metrics_port)
    webhook = Webhook(settings.webhook_url_file, settings.webhook_kind)
    if not webhook.is_set():
        log.warning("nobody is told: put the webhook's address into the file of WATCHER_WEBHOOK_URL_FILE")
    ledger = Ledger(settings.state_file)
    watching = Watching(Pipeline(conninfo), webhook, ledger, settings.limits(), settings.holds())
    supervisor = Supervisor()
    supervisor.add("watching", lambda stop: watching.run(stop, settings.interval_seconds))
    return supervisor.wait()
