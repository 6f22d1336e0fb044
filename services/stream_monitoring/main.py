"""Starts the service: capture, forwarder, chooser and lifecycle, each a supervised worker."""

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from contracts import metrics
from service_runtime import health, logs, measures
from service_runtime.kafka import consumer_config, producer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings, LogSettings, PostgresSettings, load_all
from service_runtime.supervision import Supervisor
from stream_monitoring.capture.capture_loop import Capture, CaptureOptions
from stream_monitoring.channels.choice import Rules
from stream_monitoring.channels.chooser import Chooser, ChooserOptions, watched_ids
from stream_monitoring.channels.lifecycle import LifecyclePolling, StreamBook
from stream_monitoring.channels.watch_list import DiskList, PostgresList
from stream_monitoring.forwarding.forwarder import Forwarder
from stream_monitoring.forwarding.kafka_log import KafkaLog, LogReader
from stream_monitoring.forwarding.lease import Lease, Patience
from stream_monitoring.forwarding.other_format import retire_older_spool
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS
from stream_monitoring.privacy.chatter_hash import ChatterHash, load_or_make_key
from stream_monitoring.privacy.opt_outs import OptOuts
from stream_monitoring.settings import MonitoringSettings, SpoolSettings
from stream_monitoring.spool.frame_queue import FrameQueue
from stream_monitoring.spool.spool import Spool, SpoolFormatError, SpoolLimits
from twitch_access.access import open_access
from twitch_access.helix import Helix
from twitch_access.settings import TwitchSettings

log = structlog.get_logger()


@dataclass(frozen=True)
class AllSettings:
    """Everything that was set; `postgres` is None where no address is given."""

    monitoring: MonitoringSettings
    spool: SpoolSettings
    kafka: KafkaSettings
    twitch: TwitchSettings
    log: LogSettings
    postgres: PostgresSettings | None


def load() -> AllSettings:
    """The settings from the environment; exits with 2 and every problem where they are wrong."""
    kinds: list[Any] = [MonitoringSettings, SpoolSettings, KafkaSettings, TwitchSettings, LogSettings]
    loaded: list[Any] = load_all(*kinds, *([PostgresSettings] if os.environ.get("POSTGRES_DSN") else []))
    monitoring, spool, kafka, twitch, log_settings = loaded[:5]
    return AllSettings(monitoring, spool, kafka, twitch, log_settings, loaded[5] if len(loaded) > 5 else None)


def log_reader(kafka: KafkaSettings) -> LogReader:
    """What opens the forwarders' log in Kafka."""
    return lambda: KafkaLog(consumer_config(kafka, "chat-forwarder"))


def open_spool(settings: SpoolSettings, kafka: KafkaSettings) -> Spool:
    """The spool; a directory that cannot be used ends the process with a clear message."""
    limits = SpoolLimits(settings.segment_bytes, settings.max_bytes, settings.max_age_hours * 3600)
    try:
        retire_older_spool(settings.directory, log_reader(kafka))
        return Spool(settings.directory, limits)
    except SpoolFormatError as error:
        raise SystemExit(str(error)) from error
    except OSError as error:
        raise SystemExit(f"SPOOL_DIRECTORY: cannot use {settings.directory}: {error.strerror or error}") from error


def make_capture(settings: AllSettings, spool: Spool, queue: FrameQueue, forwarded: Callable[[], int]) -> Capture:
    """The reader of chat."""
    monitoring = settings.monitoring
    try:
        key = load_or_make_key(monitoring.chatter_key_file or spool.directory / "chatter.key")
    except (OSError, ValueError) as error:
        raise SystemExit(f"MONITORING_CHATTER_KEY_FILE: {error}") from error
    options = CaptureOptions(
        monitoring.chat_url,
        monitoring.instance,
        monitoring.tick_lag_ms,
        settings.twitch.anonymous,
        monitoring.has_other,
    )
    return Capture(options, spool, ChatterHash(key), queue.put, forwarded)


def make_forwarder(settings: AllSettings, spool: Spool, queue: FrameQueue, capture: Capture) -> Forwarder:
    """The way from the spool to Kafka."""
    monitoring = settings.monitoring
    patience = Patience(monitoring.stalled_seconds, monitoring.go_on_seconds, monitoring.take_back_seconds)
    return Forwarder(
        spool,
        queue,
        producer_config(settings.kafka, **PRODUCER_SETTINGS),
        log_reader(settings.kafka),
        Lease(monitoring.role, patience, is_alone=not monitoring.has_other),
        capture,
        monitoring.instance,
        random.random,
    )


def make_chooser(settings: AllSettings, helix: Helix | None, capture: Capture) -> Chooser:
    """Who decides, or follows, what is watched."""
    monitoring = settings.monitoring
    shared = PostgresList(settings.postgres.conninfo()) if settings.postgres else None
    rules = Rules(monitoring.top_channels, frozenset(monitoring.games), frozenset(monitoring.languages))
    return Chooser(
        ChooserOptions(monitoring.pinned_channels, rules, monitoring.chooser, monitoring.choose_seconds),
        helix,
        shared,
        DiskList(monitoring.channel_list_file or settings.spool.directory / "channels.json"),
        capture.want,
        lambda: dict(capture.rooms),
        OptOuts(shared, settings.spool.directory / "opt_outs.json"),
        capture.forget,
    )


def serve_ports(settings: AllSettings, unready: Callable[[], dict[str, str]]) -> None:
    """Health and metrics; a taken port ends the process with a clear message."""
    monitoring = settings.monitoring
    for name, port, start in (
        ("MONITORING_HEALTH_PORT", monitoring.health_port, lambda p: health.serve(monitoring.bind_address, p, unready)),
        ("MONITORING_METRICS_PORT", monitoring.metrics_port, lambda p: measures.serve(monitoring.bind_address, p)),
    ):
        try:
            start(port)
        except OSError as error:
            raise SystemExit(f"{name}: cannot listen on {monitoring.bind_address}:{port}: {error.strerror}") from error


def main() -> int:
    """Run until a stop signal; the process's exit code."""
    settings = load()
    logs.configure("stream_monitoring", settings.log.level)
    spool, queue = open_spool(settings.spool, settings.kafka), FrameQueue()
    capture = make_capture(settings, spool, queue, lambda: forwarder.position)
    forwarder = make_forwarder(settings, spool, queue, capture)
    access = open_access(settings.twitch)
    chooser = make_chooser(settings, access.helix if access else None, capture)
    serve_ports(settings, lambda: capture.problems() | forwarder.problems())
    for counter in (metrics.SPOOL_DROPPED_BYTES, metrics.LATE_RECORDS):
        measure(counter)  # from zero on: an alert sees no increase in a counter that begins with its first event
    measure(metrics.DISK_FREE_BYTES).set_function(lambda: shutil.disk_usage(spool.directory).free)
    supervisor = Supervisor()
    supervisor.add("capture", capture.run)
    supervisor.add("forwarder", lambda stop: forwarder.run(stop, capture.ended))
    supervisor.add("chooser", chooser.run)
    if access is not None:
        polling = LifecyclePolling(
            access.helix,
            StreamBook(settings.monitoring.instance),
            lambda: watched_ids(chooser.choice, dict(capture.rooms), chooser.opt_outs),
            capture.add,
            capture.twitch_now,
            settings.monitoring.poll_seconds,
        )
        supervisor.add("lifecycle", polling.run)
    return supervisor.wait()
