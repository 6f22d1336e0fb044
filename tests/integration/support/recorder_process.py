"""The recorder as a process, and what a test sends to it and reads back."""

import os
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from confluent_kafka import Producer
from integration.support.database import as_role
from integration.support.metrics_page import total
from integration.support.recorder_writer import example
from integration.support.service_start import start_service
from msgspec.structs import replace

from contracts import codec
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

DEADLINE = 60.0  # seconds; the machine may be busy
STOP_SECONDS = 10.0


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
        self.process = start_service("recorder", self._environment, self.log)

    def metric(self, name: str) -> float:
        """The sum of a metric's samples."""
        return total(self.metrics_port, name)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


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
