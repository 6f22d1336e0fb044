"""What the fsyncs cost: the spool's of each frame, and Kafka's of each batch.

`python tests/benchmarks/fsync.py` appends frames to a spool and commits them to a Kafka, one after the other, with the
fsyncs and without, in turns. Writes results/fsync.json.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from _result import write_result
from confluent_kafka.admin import AdminClient

from contracts import codec
from contracts.chat_messages import Message, Tick
from embedded.processes.ports import free_ports
from embedded.servers.kafka import Kafka
from service_runtime.kafka import producer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_setup import create_topics
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS, Transactions
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.spool import Spool, SpoolLimits, segment

FRAMES = int(os.environ.get("FSYNC_FRAMES", "300"))
MESSAGES = 50  # a frame's: 200 a second, four frames a second
CHANNELS = 40
START = 1_790_000_000_000
FLUSHING = "log.flush.interval.messages=1"


class LazyKafka(Kafka):
    """The same broker, but the operating system decides when to write to the disk."""

    def _settings(self) -> str:
        return super()._settings().replace(FLUSHING, "")


def frame(number: int) -> list[bytes]:
    """Make the lines of a frame, its tick last."""
    lines: list[bytes] = []
    sent_at = START + number * 250
    for each in range(MESSAGES):
        channel_id = str(1000 + (number * MESSAGES + each) % CHANNELS)
        message = Message(
            schema_version=1,
            channel_id=channel_id,
            sent_at=sent_at,
            received_at=sent_at + 50,
            instance="bench",
            message_id=f"{number:08x}-0000-4000-8000-{each:012x}",
            chatter=f"{each:016x}",
            text="that was insane, clip it",
            emotes=[],
        )
        lines += (channel_id.encode(), codec.encode(message))
    tick = Tick(
        schema_version=1, sent_at=sent_at, received_at=sent_at, instance="bench", spool_id="bench", spool_position=0
    )
    return [*lines, TICK_KEY, codec.encode(tick)]


def figures(seconds: list[float], cpu_seconds: float) -> dict[str, float]:
    """Return the milliseconds of each step, and the CPU of the process that does it."""
    cuts = statistics.quantiles(seconds, n=20)
    return {
        "p50_ms": round(statistics.median(seconds) * 1000, 3),
        "p95_ms": round(cuts[-1] * 1000, 3),
        "cpu_ms_each": round(cpu_seconds / len(seconds) * 1000, 3),
    }


@contextmanager
def without_fsync() -> Iterator[None]:
    """Replace the spool's fsync by nothing."""
    real = segment.os
    segment.os = NoSync()  # type: ignore[assignment]
    try:
        yield
    finally:
        segment.os = real


class NoSync:
    """`os`, whose syncs return at once."""

    def __getattr__(self, name: str) -> Any:
        return (lambda _: None) if name in ("fsync", "fdatasync") else getattr(os, name)


def appended(folder: Path) -> dict[str, float]:
    """Measure a spool's appends."""
    spool, seconds = Spool(folder, SpoolLimits()), []
    frames = [frame(number) for number in range(FRAMES)]
    before = time.process_time()
    for number, lines in enumerate(frames):
        began = time.perf_counter()
        spool.append(lines, START + number * 250)
        seconds.append(time.perf_counter() - began)
    return figures(seconds, time.process_time() - before)


def committed(server: Kafka) -> dict[str, float]:
    """Measure a broker's commits of one frame each."""
    settings = KafkaSettings(bootstrap_servers=server.bootstrap_servers)
    create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}))
    transactions = Transactions(producer_config(settings, **PRODUCER_SETTINGS))
    frames = [Frame.of(number * MESSAGES, frame(number), START + number * 250) for number in range(2 * FRAMES)]
    for each in frames[:FRAMES]:  # the broker gets warm
        transactions.send([each], each.tick)
    broker, seconds = psutil.Process(server.pid), []
    before = sum(broker.cpu_times()[:2])
    for each in frames[FRAMES:]:
        began = time.perf_counter()
        transactions.send([each], each.tick)
        seconds.append(time.perf_counter() - began)
    return figures(seconds, sum(broker.cpu_times()[:2]) - before)


def main() -> int:
    """Measure each way in turn."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        found["spool, a frame"] = appended(folder / "spool")
        with without_fsync():
            found["spool, a frame, without fsync"] = appended(folder / "lazy-spool")
        for kind, name in ((Kafka, "kafka, a commit"), (LazyKafka, "kafka, a commit, without fsync")):
            with kind(folder / kind.__name__, *free_ports(2)) as server:
                found[name] = committed(server)
    write_result("fsync", {"frames": FRAMES, "messages_a_frame": MESSAGES, **found})
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
