"""Start the service: capture, forwarder, chooser and lifecycle, each a supervised worker."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from contracts import metrics
from service_runtime import health, logs, measures, ports
from service_runtime.kafka import consumer_config, producer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings, LogSettings, PostgresSettings, load_all
from service_runtime.supervision import Supervisor
from stream_monitoring.capture.capture_loop import CaptureLoop, CaptureOptions
from stream_monitoring.channels.choice import ChoiceRules
from stream_monitoring.channels.chooser import Chooser, ChooserOptions, watched_ids
from stream_monitoring.channels.lifecycle import LifecyclePolling, StreamTracker
from stream_monitoring.channels.pinned_file import PinnedFile
from stream_monitoring.channels.watch_list import DiskList, PostgresList
from stream_monitoring.chat.ignored_chatters import read_logins
from stream_monitoring.forwarding.forwarder import Forwarder
from stream_monitoring.forwarding.kafka_log import KafkaLog, LogReader
from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts
from stream_monitoring.forwarding.other_format import retire_older_spool
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS
from stream_monitoring.privacy.chatter_hash import ChatterHash, load_or_make_key
from stream_monitoring.privacy.opt_outs import OptOuts
from stream_monitoring.settings import MonitoringSettings, SpoolSettings
from stream_monitoring.spool.frame_queue import FrameQueue
from stream_monitoring.spool.spool import Spool, SpoolFormatError, SpoolLimits
from twitch_access.access import open_access
from twitch_access.budget import Share
from twitch_access.helix import Helix
from twitch_access.settings import TwitchSettings

POLLING_SHARE = 0.5  # of the points, for who is live; the rest is for the choice of channels
T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class AllSettings:
    """The settings of every part; `postgres` is None if no address is given."""

    monitoring: MonitoringSettings
    spool: SpoolSettings
    kafka: KafkaSettings
    twitch: TwitchSettings
    log: LogSettings
    postgres: PostgresSettings | None


def load() -> AllSettings:
    """Read the settings from the environment; exit with 2 and list every problem if they are wrong."""
    kinds: list[Any] = [MonitoringSettings, SpoolSettings, KafkaSettings, TwitchSettings, LogSettings]
    loaded: list[Any] = load_all(*kinds, *([PostgresSettings] if os.environ.get("POSTGRES_DSN") else []))
    monitoring, spool, kafka, twitch, log_settings = loaded[:5]
    return AllSettings(
        monitoring=monitoring,
        spool=spool,
        kafka=kafka,
        twitch=twitch,
        log=log_settings,
        postgres=loaded[5] if len(loaded) > 5 else None,
    )


def log_reader(kafka: KafkaSettings) -> LogReader:
    """Return what opens the log in Kafka."""
    return lambda: KafkaLog(consumer_config(kafka, "chat-forwarder"))


def open_spool(settings: SpoolSettings, kafka: KafkaSettings) -> Spool:
    """Open the spool; exit with a clear message if the directory cannot be used."""
    limits = SpoolLimits(settings.segment_bytes, settings.max_bytes, settings.max_age_hours * 3600)
    try:
        retire_older_spool(settings.directory, log_reader(kafka))
        return Spool(settings.directory, limits)
    except SpoolFormatError as error:
        raise SystemExit(str(error)) from error
    except OSError as error:
        raise SystemExit(f"SPOOL_DIRECTORY: cannot use {settings.directory}: {error.strerror or error}") from error


def file_of(setting: str, read: Callable[[], T]) -> T:
    """Read a setting's file; exit with a clear message if it cannot be used."""
    try:
        return read()
    except (OSError, ValueError) as error:
        raise SystemExit(f"{setting}: {error}") from error


def make_capture(
    settings: AllSettings,
    spool: Spool,
    queue: FrameQueue,
    forwarded_position: Callable[[], int],
    is_spare: Callable[[], bool],
) -> CaptureLoop:
    """Make the reader of chat."""
    monitoring = settings.monitoring
    key_file = monitoring.chatter_key_file or spool.directory / "chatter.key"
    key = file_of("MONITORING_CHATTER_KEY_FILE", lambda: load_or_make_key(key_file))
    ignored = file_of("MONITORING_IGNORED_CHATTERS", lambda: read_logins(monitoring.ignored_chatters))
    options = CaptureOptions(
        chat_url=monitoring.chat_url,
        instance=monitoring.instance,
        tick_lag_ms=monitoring.tick_lag_ms,
        introduces_channels=settings.twitch.anonymous,
        ignored=ignored,
        has_other=monitoring.has_other,
    )
    return CaptureLoop(
        options=options,
        spool=spool,
        chatters=ChatterHash(key),
        frame_written=queue.put,
        forwarded_position=forwarded_position,
        is_spare=is_spare,
    )


def make_forwarder(settings: AllSettings, spool: Spool, queue: FrameQueue, capture: CaptureLoop) -> Forwarder:
    """Make the forwarder from the spool to Kafka."""
    monitoring = settings.monitoring
    timeouts = LeaseTimeouts(monitoring.stalled_seconds, monitoring.go_on_seconds, monitoring.take_back_seconds)
    return Forwarder(
        spool=spool,
        queue=queue,
        producer_config=producer_config(settings.kafka, **PRODUCER_SETTINGS),
        read_log=log_reader(settings.kafka),
        lease=Lease(monitoring.role, timeouts, is_alone=not monitoring.has_other),
        capture=capture,
        instance=monitoring.instance,
    )


def make_chooser(settings: AllSettings, helix: Helix | None, capture: CaptureLoop) -> Chooser:
    """Make the worker that keeps the list of watched channels."""
    monitoring = settings.monitoring
    shared = PostgresList(settings.postgres.conninfo()) if settings.postgres else None
    rules = ChoiceRules(monitoring.top_channels, frozenset(monitoring.languages), monitoring.keep_seat_seconds)
    return Chooser(
        options=ChooserOptions(
            pinned=monitoring.pinned_channels,
            rules=rules,
            decides=monitoring.chooser,
            choose_seconds=monitoring.choose_seconds,
            games=monitoring.games,
            doubt_seconds=monitoring.doubt_seconds,
        ),
        helix=helix,
        shared=shared,
        copy=DiskList(monitoring.channel_list_file or settings.spool.directory / "channels.json"),
        watch=capture.want,
        ids_from_chat=lambda: dict(capture.channel_ids),
        hears_chat=lambda: capture.is_connected,
        opt_outs=OptOuts(shared, settings.spool.directory / "opt_outs.json"),
        erase=capture.erase,
        pinned_file=PinnedFile(settings.spool.directory / "pinned.json"),
    )


def make_polling(
    settings: AllSettings, helix: Helix, share: Share, capture: CaptureLoop, chooser: Chooser
) -> LifecyclePolling:
    """Make the worker that reports which streams are live."""
    monitoring = settings.monitoring
    return LifecyclePolling(
        helix=helix,
        tracker=StreamTracker(monitoring.instance, monitoring.over_seconds, monitoring.doubt_seconds),
        watched=lambda: watched_ids(chooser.choice, dict(capture.channel_ids), chooser.opt_outs),
        emit=capture.add,
        twitch_now=capture.twitch_now,
        poll_seconds=monitoring.poll_seconds,
        points_per_minute=share.points * POLLING_SHARE,
        logins=lambda: {channel_id: each.login for channel_id, each in chooser.choice.items()},
    )


def serve_ports(
    settings: AllSettings, unready: Callable[[], dict[str, str]], notes: Callable[[], dict[str, str]]
) -> None:
    """Serve health and metrics; exit with a clear message if a port is taken."""
    monitoring = settings.monitoring
    for name, port, start in (
        (
            "MONITORING_HEALTH_PORT",
            monitoring.health_port,
            lambda p: health.serve(monitoring.bind_address, p, unready, notes=notes),
        ),
        (
            "MONITORING_METRICS_PORT",
            monitoring.metrics_port,
            lambda p: measures.serve("stream_monitoring", monitoring.bind_address, p),
        ),
    ):
        with ports.listening(name, monitoring.bind_address, port):
            start(port)


def main() -> int:
    """Run until a stop signal; return the process's exit code."""
    settings = load()
    logs.configure("stream_monitoring", settings.log.level)
    spool, queue = open_spool(settings.spool, settings.kafka), FrameQueue()
    capture = make_capture(settings, spool, queue, lambda: forwarder.position, lambda: forwarder.is_spare)
    forwarder = make_forwarder(settings, spool, queue, capture)
    share = settings.twitch.share("monitoring", instances=2 if settings.monitoring.has_other else 1)
    access = open_access(settings.twitch, share=share)
    chooser = make_chooser(settings, access.helix if access else None, capture)
    serve_ports(settings, lambda: capture.problems() | forwarder.problems(), chooser.notes)
    for counter in (metrics.SPOOL_DROPPED_BYTES, metrics.LATE_RECORDS):
        measure(counter)  # from zero on: an alert misses the first increase of a counter that appears with it
    measure(metrics.DISK_FREE_BYTES).set_function(lambda: shutil.disk_usage(spool.directory).free)
    supervisor = Supervisor()
    supervisor.add("capture", capture.run)
    supervisor.add("forwarder", lambda stop: forwarder.run(stop, capture.ended))
    supervisor.add("chooser", chooser.run)
    if access is not None:
        supervisor.add("lifecycle", make_polling(settings, access.helix, share, capture, chooser).run)
    return supervisor.wait()
