"""The counter of emotes as a process, and chat as capture writes it to Kafka."""

import os
import time
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Producer
from integration.support.database import as_role
from integration.support.probed_process import DEADLINE, ProbedProcess

from contracts import codec
from contracts.chat_messages import Coverage, Emote, Message, OptOut, Tick
from contracts.topics import CHAT_MESSAGES, PARTITIONER
from service_runtime.kafka import partitions_of

QUICK = {
    "EMOTE_COUNTER_CHANNEL_SECONDS": "2",
    "EMOTE_COUNTER_GLOBAL_SECONDS": "3",
    "EMOTE_COUNTER_REQUESTS_PER_SECOND": "50",
}


class EmoteCounter(ProbedProcess):
    """`python -m emote_counter` as a process."""

    def __init__(self, kafka: str, dsn: str, folder: Path, settings: Mapping[str, str]) -> None:
        super().__init__("emote_counter", folder / "emote_counter.log")
        self.folder = folder / "emotes"
        own = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "POSTGRES_DSN": as_role(dsn, "emote_counter"),
            "EMOTE_COUNTER_DIRECTORY": str(self.folder),
        }
        self._environment = os.environ | own | self.port_settings() | QUICK | settings

    @property
    def position_file(self) -> Path:
        """Where its position in the chat is kept."""
        return self.folder / "position.json"


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
