"""Starts the collector and its one worker."""

from log_collector.collecting import Collector
from log_collector.settings import CollectorSettings
from log_collector.source import Source
from log_collector.store import Store
from service_runtime import logs, measures
from service_runtime.ports import listening
from service_runtime.settings import LogSettings, load_all
from service_runtime.supervision import Supervisor


def main() -> int:
    """Run until a stop signal or the worker's failure; return the exit code."""
    log_settings, settings = load_all(LogSettings, CollectorSettings)
    logs.configure("log_collector", log_settings.level)
    with listening("LOGS_METRICS_PORT", settings.bind_address, settings.metrics_port):
        measures.serve("log_collector", settings.bind_address, settings.metrics_port)
    sources = [Source(machine, url) for machine, url in settings.sources().items()]
    collector = Collector(sources, Store(settings.store_url))
    supervisor = Supervisor()
    supervisor.add("collecting", lambda stop: collector.run(stop, settings.poll_seconds))
    return supervisor.wait()
