"""Messages per CPU second that a standby drains from its spool into Kafka after it took over.

Another instance has written the beginning and was gone: what it wrote is left out by its ids, the rest follows in
order. The recount compares every channel's messages in Kafka, in their order, with what was sent.
`python tests/benchmarks/draining.py` writes results/draining.json.
"""

import json
import os
import resource
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from _chat_reads import reads_of
from _result import write_result
from confluent_kafka.admin import AdminClient
from reading import KEY

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, Tick
from contracts.topics import CHAT_MESSAGES
from embedded.processes.ports import free_ports
from embedded.records import iterate_topic
from embedded.servers.kafka import Kafka
from service_runtime.kafka import consumer_config, producer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_setup import create_topics
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.chat_reader import ChatReader
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.forwarding.forwarder import Forwarder
from stream_monitoring.forwarding.kafka_log import KafkaLog
from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS, Transactions
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.spool.batch import TICK_KEY, Batch
from stream_monitoring.spool.frame_queue import FrameQueue
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.record_header import read_header
from stream_monitoring.spool.spool import Spool, SpoolLimits

MESSAGES = 300_000
FLOOR = 20_000  # messages a second and core
FRAME_RECORDS = 1_000  # 0.2 s of all of Twitch
LAG_MS = 1_500
WRITTEN_SHARE = 0.1  # of the messages, by the instance that is gone
DRAIN_SECONDS = 300.0
TIMEOUTS = LeaseTimeouts(stalled_seconds=1.0)


@dataclass
class Covering:
    """The continuity of a capture that read everything all the time."""

    read_since: int = 0

    def gap_lines(self, _after: int, _until: int | None) -> list[bytes]:
        """Return none."""
        return []

    def joined_lines(self, _at: int) -> list[bytes]:
        """Return none."""
        return []


@dataclass
class Capture:
    """The capture as the forwarder sees it."""

    continuity: Any
    is_healthy: bool = True


def fill(spool: Spool, lines: list[bytes], most_records: int) -> None:
    """Write frames of the lines' messages as the capture writes them."""
    batch = Batch()
    reader = ChatReader(
        "bench", batch, ChatterHash(KEY), BadLines(batch, Quarantine(spool.directory)), TwitchClock(), {}
    )
    written = 0
    for chunk in lines:
        reader.read(chunk, int(time.time() * 1000))
        if len(batch) >= FRAME_RECORDS and written < most_records:
            written += write_frame(spool, batch)
    if written < most_records:
        write_frame(spool, batch)


def write_frame(spool: Spool, batch: Batch) -> int:
    """Write the batch as a frame with its tick; return the number of its records."""
    records, tick_at = len(batch), read_header(batch.last).sent_at - LAG_MS
    tick = Tick(
        schema_version=1,
        sent_at=tick_at,
        received_at=1,
        instance="bench",
        spool_id=spool.spool_id,
        spool_position=spool.end + records + 1,
        format_version=FORMAT_VERSION,
    )
    spool.append([*batch.take(), TICK_KEY, codec.encode(tick)], tick_at)
    return records


def settings_of(bootstrap: str) -> KafkaSettings:
    """Return the settings that reach the broker."""
    return KafkaSettings(bootstrap_servers=bootstrap)


def write_beginning(bootstrap: str, directory: str, lines: list[bytes], records: int) -> None:
    """Write what the instance that is gone had forwarded."""
    spool = Spool(Path(directory) / "gone", SpoolLimits())
    fill(spool, lines, records)
    transactions = Transactions(producer_config(settings_of(bootstrap), **PRODUCER_SETTINGS))
    frames = list(spool.frames(0))
    transactions.send(frames, frames[-1].tick)


def prepare(bootstrap: str, directory: str, seed: int, begin: int) -> int:
    """Fill both spools and forward the beginning, in a process of its own; return the number of messages."""
    lines = [read.chunk for read in reads_of(seed, begin, messages=MESSAGES)]
    messages = sum(chunk.count(b"\n") for chunk in lines)
    write_beginning(bootstrap, directory, lines, int(messages * WRITTEN_SHARE))
    fill(Spool(Path(directory) / "standby", SpoolLimits()), lines, messages)
    return messages


def drain(bootstrap: str, directory: str) -> dict[str, float]:
    """Let the standby take over, in another process, and measure until its spool is empty."""
    spool = Spool(Path(directory) / "standby", SpoolLimits())
    kafka = settings_of(bootstrap)
    forwarder = Forwarder(
        spool=spool,
        queue=FrameQueue(),
        producer_config=producer_config(kafka, **PRODUCER_SETTINGS),
        read_log=lambda: KafkaLog(consumer_config(kafka, "chat-forwarder")),
        lease=Lease("standby", TIMEOUTS, is_alone=False),
        capture=Capture(Covering()),
        instance="bench",
    )
    stop, ended = threading.Event(), threading.Event()
    cpu, wall = time.process_time(), time.monotonic()
    thread = threading.Thread(target=forwarder.run, args=(stop, ended), daemon=True)
    thread.start()
    while forwarder.position < spool.end and time.monotonic() - wall < DRAIN_SECONDS:
        time.sleep(0.05)
    used, took = time.process_time() - cpu, time.monotonic() - wall
    assert forwarder.position == spool.end, "not drained in time"
    ended.set()
    stop.set()
    thread.join(20)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cpu_seconds": used, "seconds": took, "memory_mb": memory}


def sent_ids(seed: int, begin: int) -> dict[str, list[str]]:
    """Return channel to its messages' ids in their order."""
    channels: dict[str, list[str]] = defaultdict(list)
    for _, chunk in reads_of(seed, begin, messages=MESSAGES):
        for line in chunk.split(b"\r\n"):
            if line:
                tags = dict(part.split(b"=", 1) for part in line[1 : line.index(b" ")].split(b";"))
                channels[tags[b"room-id"].decode()].append(tags[b"id"].decode())
    return channels


def recounted(bootstrap: str, wanted: dict[str, list[str]]) -> tuple[bool, int]:
    """Return whether the topic has each message once, in order, with ticks that only advance; and how many are late."""
    found: dict[str, list[str]] = defaultdict(list)
    last: dict[int, int] = defaultdict(int)
    is_forward, late = True, 0
    for record in iterate_topic(bootstrap, CHAT_MESSAGES.name):
        value = json.loads(record.value or b"{}")
        if value["kind"] == "tick":
            is_forward = is_forward and value["sent_at"] >= last[record.partition]
            last[record.partition] = value["sent_at"]
        elif value["kind"] == "message":
            found[value["channel_id"]].append(value["message_id"])
            late += value["sent_at"] <= last[record.partition]
    return is_forward and dict(found) == wanted, late


def main() -> int:
    """Drain once, recount, write the result."""
    ports = free_ports(2)
    with tempfile.TemporaryDirectory() as directory, Kafka(Path(directory) / "kafka", *ports) as kafka:
        create_topics(AdminClient({"bootstrap.servers": kafka.bootstrap_servers}))
        begin = int(time.time() * 1000) - 600_000
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            messages = pool.apply(prepare, (kafka.bootstrap_servers, directory, 1, begin))
            run = pool.apply(drain, (kafka.bootstrap_servers, directory))
        is_exact, late = recounted(kafka.bootstrap_servers, dict(sent_ids(1, begin)))
    rate = round(messages / run["cpu_seconds"])
    write_result(
        "draining",
        {
            "messages": messages,
            "load_average": round(os.getloadavg()[0], 1),  # of the machine: others may have worked beside
            "messages_per_cpu_second": rate,
            "floor": FLOOR,
            "ratio": round(rate / FLOOR, 2),
            "messages_per_second": round(messages / run["seconds"]),  # with the second of waiting before it
            "peak_memory_mb": round(run["memory_mb"]),  # of the draining process
            "each_once_and_in_order": is_exact,
            "late": late,
        },
    )
    return 0 if is_exact and rate >= FLOOR else 1


if __name__ == "__main__":
    raise SystemExit(main())
