"""Starts the service: capture, forwarder, chooser and lifecycle, each a supervised worker."""

import random
import time
from typing import cast

import structlog
from contracts import metrics
from service_runtime import health, logs, measures
from service_runtime.kafka import consumer_config, producer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings, LogSettings, load_all
from service_runtime.supervision import Supervisor

from stream_monitoring.capture import Capture, CaptureOptions
from stream_monitoring.chatter_hash import ChatterHash, load_or_make_key
from stream_monitoring.forwarder import Forwarder, ForwarderOptions
from stream_monitoring.frame_queue import FrameQueue
from stream_monitoring.kafka_log import KafkaLog
from stream_monitoring.settings import MonitoringSettings, SpoolSettings
from stream_monitoring.spool import Spool, SpoolLimits
from stream_monitoring.transactions import PRODUCER_SETTINGS

log = structlog.get_logger()


def open_spool(settings: SpoolSettings) -> Spool:
    """The spool; a directory that cannot be used ends the process with a clear message."""
    limits = SpoolLimits(settings.segment_bytes, settings.max_bytes, settings.max_age_hours * 3600)
    try:
        return Spool(settings.directory, limits)
    except OSError as error:
        raise SystemExit(f"SPOOL_DIRECTORY: cannot use {settings.directory}: {error.strerror or error}") from error


def main() -> int:
    """Run until a stop signal; the process's exit code."""
    loaded = load_all(MonitoringSettings, SpoolSettings, KafkaSettings, LogSettings)
    settings, spool_settings, kafka_settings, log_settings = loaded
    monitoring = cast(MonitoringSettings, settings)
    kafka = cast(KafkaSettings, kafka_settings)
    logs.configure("stream_monitoring", cast(LogSettings, log_settings).level)
    spool = open_spool(cast(SpoolSettings, spool_settings))
    key = load_or_make_key(monitoring.chatter_key_file or spool.directory / "chatter.key")
    queue = FrameQueue()
    options = CaptureOptions(monitoring.chat_url, monitoring.instance, monitoring.tick_lag_ms)
    capture = Capture(options, spool, ChatterHash(key), queue.put)
    forwarder = Forwarder(
        spool,
        queue,
        producer_config(kafka, **PRODUCER_SETTINGS),
        lambda: KafkaLog(consumer_config(kafka, "chat-forwarder")),
        ForwarderOptions(first_holder=monitoring.role == "holder"),
        random.random,
    )
    health.serve(monitoring.bind_address, monitoring.health_port, lambda: capture.problems() | forwarder.problems())
    measures.serve(monitoring.bind_address, monitoring.metrics_port)
    capture.want(monitoring.pinned_channels)
    supervisor = Supervisor()
    supervisor.add("capture", capture.run)
    supervisor.add("forwarder", lambda stop: forwarder.run(stop, capture.ended))
    return supervisor.wait()
