"""Starts the recorder: recording, retention, roll-up, self-score, erasure and, if enabled, the chat inspector."""

from datetime import UTC, datetime

import structlog

from contracts import metrics
from recorder import chat_inspector
from recorder.batch import TOPICS, Shaper
from recorder.chat_inspector import ChatInspector
from recorder.consumer import RecordReader
from recorder.database import Database, load_queries
from recorder.emotes.emote_days import EmoteDays
from recorder.erasure import Erasure, Results
from recorder.judging.score_keeper import ScoreKeeper
from recorder.partitions import Retention
from recorder.positions import Positions
from recorder.recaps.recap_keeper import RecapKeeper
from recorder.recording import RecordingLoop
from recorder.retention import RetentionKeeper
from recorder.settings import RecorderSettings
from recorder.store import Store
from service_runtime import logs
from service_runtime.clock import now_ms
from service_runtime.measures import measure
from service_runtime.ports import open_ports
from service_runtime.settings import KafkaSettings, LogSettings, PostgresSettings, load_all
from service_runtime.supervision import Supervisor

log = structlog.get_logger()
GROUP = "recorder"
INSPECTOR_GROUP = "chat-inspector"


def build_recording(kafka: KafkaSettings, conninfo: str, settings: RecorderSettings) -> RecordingLoop:
    """Build the recording of all result topics."""
    for topic in TOPICS:  # a counter that begins with its first dead letters shows Prometheus no increase
        measure(metrics.DEAD_LETTERS).labels(place=topic)
    shaper = Shaper(
        Retention(settings.chat_counts_retention_days),
        on_dead_letter=lambda topic: measure(metrics.DEAD_LETTERS).labels(place=topic).inc(),
        on_skipped=lambda topic: measure(metrics.RECORDER_SKIPPED).labels(topic=topic).inc(),
        emote_retention=Retention(settings.emotes_retention_days),
    )
    reader = RecordReader(kafka, GROUP, settings.instance, TOPICS)
    positions = Positions(load_queries(), reader.group_offsets)
    return RecordingLoop(reader, Store(Database(conninfo, GROUP), now_ms, positions), shaper, now_ms)


def build_inspector(kafka: KafkaSettings, conninfo: str, settings: RecorderSettings) -> ChatInspector:
    """Build the inspector of chat-messages."""
    topics = (chat_inspector.TOPIC,)
    reader = RecordReader(kafka, INSPECTOR_GROUP, settings.instance, topics, **chat_inspector.READER_SETTINGS)
    return ChatInspector(reader, Store(Database(conninfo, INSPECTOR_GROUP), now_ms), now_ms)


def main() -> int:
    """Run until a stop signal or a worker's failure; return the exit code."""
    log_settings, kafka, postgres, settings = load_all(LogSettings, KafkaSettings, PostgresSettings, RecorderSettings)
    logs.configure("recorder", log_settings.level)
    conninfo = open_ports("recorder", postgres, settings.bind_address, settings.metrics_port)
    supervisor = Supervisor()
    supervisor.add("recorder", build_recording(kafka, conninfo, settings).run)
    keeper = RetentionKeeper(Database(conninfo, "retention"), settings, lambda: datetime.now(UTC).date())
    supervisor.add("retention", keeper.run)
    supervisor.add("emote_days", EmoteDays(Database(conninfo, "emote-days"), lambda: datetime.now(UTC)).run)
    supervisor.add("recaps", RecapKeeper(Database(conninfo, "recaps")).run)
    supervisor.add("self_score", ScoreKeeper(Database(conninfo, "self-score")).run)
    supervisor.add("erasure", Erasure(Database(conninfo, "erasure"), Results(kafka)).run)
    if settings.inspect_chat:
        supervisor.add("chat_inspector", build_inspector(kafka, conninfo, settings).run)
    log.info("recording", topics=TOPICS, inspect_chat=settings.inspect_chat)
    return supervisor.wait()
