"""The recorder as a process, on a real Kafka and Postgres: latency, bad records, kill -9, Postgres away."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from integration.support.database import as_role, prepare
from integration.support.metrics_page import total
from msgspec.structs import replace

import contracts
from contracts import codec
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from embedded.servers.postgres import Postgres
from service_runtime.clock import now_ms
from service_runtime.topic_setup import create_topics

EXAMPLES = Path(contracts.__file__).parent / "examples"
DEADLINE = 60.0  # seconds; the machine may be busy
STOP_SECONDS = 10.0


def example(topic: str, name: str) -> Any:
    """The contract's example of that name."""
    return codec.decode(topic, (EXAMPLES / topic / f"{name}.json").read_bytes())


class Recorder:
    """`python -m recorder` as a process, with its metrics."""

    def __init__(self, kafka: str, dsn: str, log: Path, **settings: str) -> None:
        (self.metrics_port,) = free_ports(1)
        self.log = log
        self._environment = (
            os.environ
            | {"KAFKA_BOOTSTRAP_SERVERS": kafka, "POSTGRES_DSN": as_role(dsn, "recorder")}
            | {"RECORDER_METRICS_PORT": str(self.metrics_port)}
            | settings
        )
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen([sys.executable, "-m", "recorder"], env=self._environment, stderr=output)

    def metric(self, name: str) -> float:
        """The sum of a metric's samples."""
        return total(self.metrics_port, name)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@pytest.fixture
def start_with(tmp_path: Path) -> Iterator[Callable[..., Recorder]]:
    """`start_with(kafka, dsn, **settings)`: a recorder that ends with the test."""
    started: list[Recorder] = []

    def starter(kafka: str, dsn: str, **settings: str) -> Recorder:
        started.append(Recorder(kafka, dsn, tmp_path / f"recorder{len(started)}.log", **settings))
        return started[-1]

    yield starter
    for recorder in started:
        if recorder.process.poll() is None:
            recorder.end(signal.SIGKILL)
        sys.stdout.write(recorder.log.read_text())


@pytest.fixture
def start(start_with: Callable[..., Recorder], kafka: str, postgres: str) -> Callable[..., Recorder]:
    """`start(**settings)`: a recorder on the session's Kafka and the test's database."""
    return lambda dsn=postgres, **settings: start_with(kafka, dsn, **settings)


def query(dsn: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(statement, values).fetchall()  # type: ignore[call-overload]


def count_of(dsn: str, table: str, channel: str) -> int:
    return int(query(dsn, f"SELECT count(*) FROM {table} WHERE channel_id = %s", channel)[0][0])


def fresh_moments(number: int) -> tuple[str, list[Any]]:
    """A channel that no other test knows, and moments in it."""
    channel = uuid4().hex
    moment = replace(example("moments", "raised"), channel_id=channel)
    return channel, [replace(moment, moment_id=f"{channel}-{place}") for place in range(number)]


def send(producer: Producer, topic: str, *messages: Any) -> None:
    def delivered(error: Any, _: Any) -> None:
        assert error is None, error

    for message in messages:
        payload = message if isinstance(message, bytes) else codec.encode(message)
        key = getattr(message, "moment_id", None) or uuid4().hex  # a compacted topic takes no record without a key
        producer.produce(topic, payload, key=key, on_delivery=delivered)
        producer.poll(0)
    assert producer.flush(DEADLINE) == 0


def wait_for_group(recorder: Recorder, producer: Producer, dsn: str) -> None:
    """Until a moment goes through."""
    channel, (moment,) = fresh_moments(1)
    send(producer, "moments", moment)
    wait_for("the first moment", lambda: count_of(dsn, "moments", channel), DEADLINE)
    assert recorder.process.poll() is None


def wait_for_group_again(recorder: Recorder, producer: Producer, dsn: str) -> None:
    """Until a moment goes through a broker that was killed.

    The broker may take the process for its own predecessor and fence it; it ends then and is started again, as its
    supervisor does it.
    """
    channel, (moment,) = fresh_moments(1)
    send(producer, "moments", moment)

    def is_recorded() -> int:
        if recorder.process.poll() is not None:
            recorder.start()
        return count_of(dsn, "moments", channel)

    wait_for("the first moment after the kill", is_recorded, 2 * DEADLINE, 0.2)


def test_a_moment_is_a_row_and_a_notification_soon(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    _, moments = fresh_moments(20)
    waits = []
    with psycopg.connect(postgres, autocommit=True) as listener:
        listener.execute("LISTEN moments")
        for moment in moments:
            sent_at = time.monotonic()
            send(producer, "moments", moment)
            (heard,) = listener.notifies(timeout=DEADLINE, stop_after=1)
            waits.append(time.monotonic() - sent_at)
            assert json.loads(heard.payload) == {"id": moment.moment_id, "revision": 1}
    assert sorted(waits)[len(waits) // 2] < 0.5  # about 0.05 s on an idle machine


def test_garbage_and_poison_become_dead_letters(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    channel, (first, second, third) = fresh_moments(3)
    poison = replace(first, moment_id="poison", revision_number=99_999)
    letter = replace(example("dead-letters", "irc_line"), payload=f"line {channel}")
    send(producer, "moments", first, f"garbage {channel}".encode(), second, poison, third)
    send(producer, "dead-letters", letter)
    found = "SELECT place, reason FROM dead_letters WHERE payload LIKE %s ORDER BY place"
    wait_for("three rows", lambda: count_of(postgres, "moments", channel) == 3, DEADLINE)
    letters = wait_for(
        "three dead letters", lambda: len(rows := query(postgres, found, f"%{channel}%")) == 3 and rows, DEADLINE
    )
    assert [place for place, _ in letters] == ["irc", "moments", "moments"]
    assert letters[0][1] == letter.reason
    assert recorder.metric("stream_scout_dead_letters_total") >= 2


def test_the_chat_inspector_finds_what_does_not_fit(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    message = example("chat-messages", "message")
    odd = json.dumps({"kind": "poem", "schema_version": 1}).encode()
    found = "SELECT DISTINCT reason FROM dead_letters WHERE topic = 'chat-messages'"

    def sent_and_found() -> bool:  # the inspector starts at the topic's end, so the first ones may come before it
        send(producer, "chat-messages", message, odd, replace(message, schema_version=7))
        return len(query(postgres, found)) == 2

    wait_for("two reasons", sent_and_found, DEADLINE, poll_seconds=0.5)
    assert recorder.metric("recorder_inspected_messages_total") > 0


def test_the_chat_inspector_can_be_switched_off(start):
    recorder = start(RECORDER_INSPECT_CHAT="false")
    wait_for("the start", lambda: "recording" in recorder.log.read_text(), DEADLINE)
    assert '"inspect_chat": false' in recorder.log.read_text()


def test_the_heart_beats_when_nothing_comes(start, postgres):
    start(RECORDER_INSPECT_CHAT="false")
    beat = "SELECT updated_at FROM pipeline_progress WHERE stage = 'recorder'"
    (first,) = wait_for("a heartbeat", lambda: query(postgres, beat), DEADLINE)
    wait_for("the next heartbeat", lambda: query(postgres, beat) != [first], 10)


def test_ticks_tell_how_far_capture_is(start, producer, postgres):
    start(RECORDER_INSPECT_CHAT="false")
    tick = example("stream-lifecycle", "tick")
    newest = replace(tick, sent_at=now_ms() + 5000)
    send(producer, "stream-lifecycle", newest, tick)
    event_at = "SELECT extract(epoch FROM event_at) * 1000 FROM pipeline_progress WHERE stage = 'capture'"
    wait_for("the tick", lambda: query(postgres, event_at) == [(newest.sent_at,)], DEADLINE)


def test_after_kill_9_in_a_backlog_each_row_is_there_once(start, producer, postgres):
    recorder = start(RECORDER_INSPECT_CHAT="false")
    wait_for_group(recorder, producer, postgres)
    channel, moments = fresh_moments(15_000)
    send(producer, "moments", *moments)
    for _ in range(3):
        before = count_of(postgres, "moments", channel)
        wait_for("more rows", lambda before=before: count_of(postgres, "moments", channel) > before, DEADLINE, 0.001)
        recorder.end(signal.SIGKILL)
        recorder.start()
    wait_for("every row", lambda: count_of(postgres, "moments", channel) == len(moments), DEADLINE)
    assert query(postgres, "SELECT count(*) FROM dead_letters WHERE payload LIKE %s", f"%{channel}%") == [(0,)]


def test_postgres_away_is_waited_for_and_nothing_is_lost(start, producer, tmp_path):
    (port,) = free_ports(1)
    with Postgres(tmp_path / "postgres", port) as server:
        prepare(server.dsn)
        recorder = start(server.dsn, RECORDER_INSPECT_CHAT="false")
        wait_for_group(recorder, producer, server.dsn)
        channel, moments = fresh_moments(3000)
        send(producer, "moments", *moments[:1000])
        server.kill()
        send(producer, "moments", *moments[1000:])
        wait_for("waits", lambda: recorder.metric("recorder_postgres_waits_total") >= 4, DEADLINE)
        server.start()
        wait_for("every row", lambda: count_of(server.dsn, "moments", channel) == len(moments), DEADLINE)
        assert recorder.process.poll() is None
        log = recorder.log.read_text()
        assert log.count("Postgres is away; waiting") == log.count("Postgres is back")


def test_kafka_away_is_said_once_and_waited_for(start_with, postgres, tmp_path):
    port, controller_port = free_ports(2)
    with Kafka(tmp_path / "kafka", port, controller_port) as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers, "log_level": 0}))
        producer = Producer({"bootstrap.servers": server.bootstrap_servers, "log_level": 0})
        recorder = start_with(server.bootstrap_servers, postgres)
        wait_for_group(recorder, producer, postgres)
        server.kill()
        wait_for("word of it", lambda: "Kafka is away" in recorder.log.read_text(), DEADLINE)
        server.start()
        wait_for_group_again(recorder, producer, postgres)

        def knows_it_is_back() -> bool:
            """Whether it says so, or has begun anew because the broker gave its place in the group away."""
            log = recorder.log.read_text()
            return "Kafka is back" in log or log.count('"recording"') > 1

        wait_for("word of its return", knows_it_is_back, DEADLINE)
        # The two readers of the process say it once each; the broker's start may be one more outage.
        assert 1 <= recorder.log.read_text().count("Kafka is away") <= 4


def test_it_starts_without_postgres_and_stops_while_it_waits(start):
    (port,) = free_ports(1)
    recorder = start(f"postgresql://postgres@127.0.0.1:{port}/x", RECORDER_INSPECT_CHAT="false")
    wait_for("waits", lambda: recorder.metric("recorder_postgres_waits_total") >= 2, DEADLINE)
    assert recorder.end() == 0


def test_a_stop_signal_ends_it_soon_and_loses_nothing(start, producer, postgres):
    recorder = start()
    wait_for_group(recorder, producer, postgres)
    channel, moments = fresh_moments(2000)
    send(producer, "moments", *moments)
    wait_for("rows", lambda: count_of(postgres, "moments", channel), DEADLINE, 0.001)
    began = time.monotonic()
    assert recorder.end() == 0
    assert time.monotonic() - began < 5
    recorder.start()
    wait_for("every row", lambda: count_of(postgres, "moments", channel) == len(moments), DEADLINE)


def test_a_taken_metrics_port_is_named(kafka, postgres, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = subprocess.run(
            [sys.executable, "-m", "recorder"],
            env=os.environ
            | {"KAFKA_BOOTSTRAP_SERVERS": kafka, "POSTGRES_DSN": postgres, "RECORDER_METRICS_PORT": port},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert process.returncode == 1
    assert f"127.0.0.1:{port}" in process.stderr
    assert "Address already in use" in process.stderr


def test_wrong_settings_are_named_together(tmp_path):
    process = subprocess.run(
        [sys.executable, "-m", "recorder"],
        env=os.environ | {"RECORDER_METRICS_PORT": "no port", "RECORDER_DEAD_LETTERS_RETENTION_HOURS": "72"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert process.returncode == 2
    for name in ("RECORDER_METRICS_PORT", "RECORDER_DEAD_LETTERS_RETENTION_HOURS", "KAFKA_BOOTSTRAP_SERVERS"):
        assert name in process.stderr
