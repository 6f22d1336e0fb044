"""The counter of emotes as a process, and chat as capture writes it to Kafka."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Producer
from integration.support.database import as_role
from integration.support.metrics_page import total
from integration.support.service_start import start_service

from contracts import codec
from contracts.chat_messages import Coverage, Emote, Message, OptOut, Tick
from contracts.topics import CHAT_MESSAGES, PARTITIONER
from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from service_runtime.kafka import partitions_of

DEADLINE = 60.0  # seconds; the machine may be busy
QUICK = {
    "EMOTE_COUNTER_CHANNEL_SECONDS": "2",
    "EMOTE_COUNTER_GLOBAL_SECONDS": "3",
    "EMOTE_COUNTER_REQUESTS_PER_SECOND": "50",
}


class EmoteCounter:
    """`python -m emote_counter` as a process."""

    def __init__(self, kafka: str, dsn: str, folder: Path, settings: Mapping[str, str]) -> None:
        self._health_port, self.metrics_port = free_ports(2)
        self.folder, self.log = folder / "emotes", folder / "emote_counter.log"
        own = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "POSTGRES_DSN": as_role(dsn, "emote_counter"),
            "EMOTE_COUNTER_DIRECTORY": str(self.folder),
            "EMOTE_COUNTER_HEALTH_PORT": str(self._health_port),
            "EMOTE_COUNTER_METRICS_PORT": str(self.metrics_port),
        }
        self._environment = os.environ | own | QUICK | settings

    @property
    def position_file(self) -> Path:
        """Where its position in the chat is kept."""
        return self.folder / "position.json"

    def start(self, **settings: str) -> None:
        """Start it and wait until it counts."""
        self.process = start_service("emote_counter", self._environment | settings, self.log)
        wait_for("the counter counts", lambda: self.ready()[0] == 200, DEADLINE)

    def end(self, number: int = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    def ready(self) -> tuple[int, dict[str, Any]]:
        """Return the answer of /ready; 0 without one."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._health_port}/ready", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            assert self.process.poll() is None, self.log.read_text()
            return 0, {}

    def metric(self, name: str) -> float:
        """Return the sum of a metric's samples."""
        return total(self.metrics_port, name)


class Line(NamedTuple):
    """A chat message."""

    channel_id: str
    sent_at: int
    message_id: str
    chatter: str
    text: str
    emotes: tuple[Emote, ...]


class Chat:
    """Writes chat to Kafka. `lines`: what has to be counted, each message once."""

    def __init__(self, kafka: str) -> None:
        self._producer = Producer({"bootstrap.servers": kafka, "partitioner": PARTITIONER})
        self._numbers = partitions_of(self._producer, CHAT_MESSAGES.name, 10.0)
        self._ids = count(1)
        self.lines: list[Line] = []

    def say(self, channel_id: str, sent_at: int, text: str, chatter: str = "ann", emotes: Sequence[Emote] = ()) -> Line:
        """Write a message that counts."""
        line = Line(channel_id, sent_at, f"line-{next(self._ids)}", chatter, text, tuple(emotes))
        self.lines.append(line)
        self.repeat(line)
        return line

    def repeat(self, line: Line) -> None:
        """Write a message that was written before, or that shall not count."""
        self._write(
            Message(
                **self._head(line.channel_id, line.sent_at),
                message_id=line.message_id,
                chatter=line.chatter,
                text=line.text,
                emotes=list(line.emotes),
            )
        )

    def join(self, channel_id: str, sent_at: int) -> None:
        """Write that a channel is read from now on."""
        self._write(Coverage(**self._head(channel_id, sent_at), event="joined"))

    def opt_out(self, channel_id: str, sent_at: int) -> None:
        """Write that a channel opted out."""
        self._write(OptOut(**self._head(channel_id, sent_at), event="out"))

    def tick(self, sent_at: int) -> None:
        """Write the holder's promise into all partitions."""
        tick = Tick(schema_version=1, sent_at=sent_at, received_at=0, instance="a", spool_id="s", spool_position=0)
        for number in self._numbers:
            self._producer.produce(CHAT_MESSAGES.name, codec.encode(tick), partition=number)
        self.flush()

    def flush(self) -> None:
        """Return once Kafka has everything."""
        assert self._producer.flush(DEADLINE) == 0

    @staticmethod
    def _head(channel_id: str, sent_at: int) -> dict[str, Any]:
        received_at = time.time_ns() // 1_000_000
        return {
            "schema_version": 1,
            "channel_id": channel_id,
            "sent_at": sent_at,
            "received_at": received_at,
            "instance": "a",
        }

    def _write(self, record: Message | Coverage | OptOut) -> None:
        self._producer.produce(CHAT_MESSAGES.name, codec.encode(record), key=record.channel_id)
