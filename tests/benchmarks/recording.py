"""The recorder on real servers: rows per second from a backlog, from Kafka to the row live, what inspecting costs."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from _result import write_result
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from integration.support.database import as_role, prepare

import contracts
from contracts import codec
from contracts.metrics import RECORDER_INSPECTED as INSPECTED
from contracts.topics import DEFAULT, PARTITIONER
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from embedded.servers.postgres import Postgres
from recorder.chat_inspector import inspect
from recorder.rows.record import Record
from service_runtime.clock import now_ms
from service_runtime.topic_setup import create_topics

EXAMPLES = Path(contracts.__file__).parent / "examples"
MOMENTS = 20_000  # in the backlog, and as many clips
MINUTES = 60_000  # of chat-counts in the backlog
LIVE_MOMENTS = 300
LIVE_PAUSE_SECONDS = 0.05
CHAT_MESSAGES = 200_000
DEADLINE = 300.0  # seconds


def example(topic: str, name: str) -> Any:
    """Return the contract's example of that name."""
    return codec.decode(topic, (EXAMPLES / topic / f"{name}.json").read_bytes())


class Bench:
    """The servers, a producer and the recorder as a process."""

    def __init__(self, kafka: Kafka, postgres: Postgres) -> None:
        self.dsn = postgres.dsn
        create_topics(AdminClient({"bootstrap.servers": kafka.bootstrap_servers}))
        prepare(self.dsn)
        self.producer = Producer(
            {"bootstrap.servers": kafka.bootstrap_servers, "partitioner": PARTITIONER, "linger.ms": 5, "log_level": 0}
        )
        (self._metrics_port,) = free_ports(1)
        self._environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
            "POSTGRES_DSN": as_role(self.dsn, "recorder"),
            "RECORDER_METRICS_PORT": str(self._metrics_port),
        }

    @contextmanager
    def recorder(self, **settings: str) -> Iterator[psutil.Process]:
        """Start a recorder that ends with the block."""
        process = subprocess.Popen(
            [sys.executable, "-m", "recorder"], env=self._environment | settings, stderr=subprocess.DEVNULL
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(30)

    def send(self, topic: str, key: str, payload: bytes) -> None:
        """Pass a record to the producer."""
        while True:
            try:
                self.producer.produce(topic, payload, key=key)
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[call-overload]
        return int(row[0]) if row else 0

    def inspected(self) -> int:
        """Return how many chat messages the inspector has read."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics_port}/metrics", timeout=5) as answer:
                lines = answer.read().decode().splitlines()
        except OSError:
            return 0
        return sum(int(float(line.split()[1])) for line in lines if line.startswith(INSPECTED.name))


def cpu_seconds(process: psutil.Process) -> float:
    """Return the user and system time so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def backlog(bench: Bench) -> dict[str, float]:
    """Measure rows per second, and per CPU second, while a backlog of moments, clips and minutes is recorded."""
    moment, clip = example("moments", "closed"), example("clips", "made")
    minute = example("chat-counts", "minute")
    start = now_ms() // 60_000 * 60_000 - 3_600_000
    for place in range(MOMENTS):
        name = f"backlog-{place}"
        bench.send("moments", name, codec.encode(replace(moment, moment_id=name)))
        bench.send("clips", name, codec.encode(replace(clip, moment_id=name)))
    for place in range(MINUTES):
        channel, minute_at = str(place // 30), start + place % 30 * 60_000
        bench.send(
            "chat-counts",
            f"{channel}:{minute_at}",
            codec.encode(replace(minute, channel_id=channel, minute_at=minute_at)),
        )
    bench.producer.flush()
    rows = 2 * MOMENTS + MINUTES
    with bench.recorder(RECORDER_INSPECT_CHAT="false") as process:
        wait_for("the first row", lambda: bench.count("moments") + bench.count("chat_counts"), DEADLINE, 0.01)
        began, used = time.monotonic(), cpu_seconds(process)
        wait_for(
            "every row",
            lambda: sum(map(bench.count, ("moments", "clips", "chat_counts"))) == rows,
            DEADLINE,
            0.1,
        )
        seconds, used = time.monotonic() - began, cpu_seconds(process) - used
        memory = process.memory_full_info().pss / 2**20
    return {
        "backlog_rows": rows,
        "rows_per_second": round(rows / seconds),
        "rows_per_cpu_second": round(rows / used),
        "recorder_pss_mb": round(memory, 1),
    }


def listen(dsn: str, heard: dict[str, float], stop: threading.Event) -> None:
    """Note when each moment is announced."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("LISTEN moments")
        while not stop.is_set():
            for notify in connection.notifies(timeout=0.2, stop_after=1):
                heard.setdefault(json.loads(notify.payload)["id"], time.monotonic())


def live(bench: Bench) -> dict[str, float]:
    """Measure from Kafka's acknowledgement of a moment to the committed row, in milliseconds, with ticks beside it."""
    moment, tick = example("moments", "raised"), example("stream-lifecycle", "tick")
    acknowledged: dict[str, float] = {}
    heard: dict[str, float] = {}
    stop = threading.Event()
    listener = threading.Thread(target=listen, args=(bench.dsn, heard, stop))
    listener.start()

    def send(name: str) -> None:
        bench.producer.produce(
            "moments",
            codec.encode(replace(moment, moment_id=name)),
            key=name,
            on_delivery=lambda *_: acknowledged.setdefault(name, time.monotonic()),
        )

    with bench.recorder():
        send("first")
        bench.producer.flush()
        wait_for("the first moment", lambda: "first" in heard, DEADLINE)
        for place in range(LIVE_MOMENTS):
            send(f"live-{place}")
            if place % 4 == 0:
                now = now_ms()
                for partition in range(DEFAULT.others):
                    bench.producer.produce(
                        "stream-lifecycle", codec.encode(replace(tick, sent_at=now)), partition=partition
                    )
            bench.producer.poll(LIVE_PAUSE_SECONDS)
        bench.producer.flush()
        wait_for("the last moment", lambda: len(heard) > LIVE_MOMENTS, DEADLINE)
    stop.set()
    listener.join()
    waits = sorted(1000 * (heard[name] - acknowledged[name]) for name in acknowledged if name != "first")
    cuts = statistics.quantiles(waits, n=100)
    return {"kafka_to_row_p50_ms": round(cuts[49], 1), "kafka_to_row_p95_ms": round(cuts[94], 1)}


def inspecting() -> dict[str, float]:
    """Return the microseconds to decode one chat message."""
    payload = codec.encode(example("chat-messages", "message"))
    records = [Record("chat-messages", 0, place, payload) for place in range(CHAT_MESSAGES)]
    used = time.process_time()
    inspect(records, 1)
    return {"decode_us_per_message": round((time.process_time() - used) / CHAT_MESSAGES * 1e6, 2)}


def inspecting_whole(bench: Bench) -> dict[str, float]:
    """Return the microseconds of CPU per chat message, reading from Kafka included."""
    message = example("chat-messages", "message")

    def send(number: int) -> None:
        for place in range(number):
            channel = str(place % 200)
            bench.send(
                "chat-messages", channel, codec.encode(replace(message, channel_id=channel, message_id=str(place)))
            )
        bench.producer.flush()

    def first() -> bool:
        send(100)
        return bench.inspected() > 0

    with bench.recorder() as process:
        wait_for("the inspector reads", first, DEADLINE, 0.5)
        before, used = bench.inspected(), cpu_seconds(process)
        send(CHAT_MESSAGES)
        wait_for("every message", lambda: bench.inspected() - before >= CHAT_MESSAGES, DEADLINE)
        used = cpu_seconds(process) - used
    return {"inspector_us_per_message": round(used / CHAT_MESSAGES * 1e6, 2)}


def main() -> int:
    """Measure, print and write the result."""
    port, controller_port, postgres_port = free_ports(3)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # Postgres runs as another user where this one is root
        with (
            Kafka(Path(folder) / "kafka", port, controller_port) as kafka,
            Postgres(Path(folder) / "postgres", postgres_port) as postgres,
        ):
            bench = Bench(kafka, postgres)
            figures = backlog(bench) | live(bench) | inspecting() | inspecting_whole(bench)
    write_result("recording", figures)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
