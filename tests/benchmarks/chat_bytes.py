"""How many bytes a chat message takes in Kafka: recorded chat through the forwarder's transactions.

`CHAT_DATA=FOLDER python tests/benchmarks/chat_bytes.py` commits recorded chat, a second's in each transaction, at the
rates and with the partitions for which `contracts/log_sizes.py` keeps room, and divides what lies on the disk by the
messages. Ticks, markers and what Kafka adds are in it. Writes results/chat_bytes.json.
"""

import os
import random
import sys
import tempfile
import uuid
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

import msgspec
from _result import write_result
from confluent_kafka.admin import AdminClient

from chat_analysis.recording import read_recording
from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, Message, Tick
from contracts.log_sizes import HEAVY, USUAL, Load
from contracts.topics import CHAT_MESSAGES, DEFAULT, LARGE, Partitions
from embedded.processes.ports import free_ports
from embedded.servers.kafka import Kafka
from service_runtime.kafka import producer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_setup import create_topics
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS, Transactions
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import Frame

MESSAGES = int(os.environ.get("CHAT_BYTES_MESSAGES", "100000"))
START = 1_790_000_000_000
ZIPF_EXPONENT = 0.9  # the simulator's: the largest of 40 channels has about a quarter of all chat
EMOTE_EVERY = 3  # messages; the recordings have no emotes' ids
Line = tuple[str, str]  # the person and the text


def recorded(folder: Path) -> list[Iterator[Line]]:
    """Return each recording's lines, again from the start where they end."""
    files = sorted((folder / "chat").glob("*.jsonl.gz")) or sorted(folder.glob("*.jsonl.gz"))
    found = []
    for file in files:
        recording = read_recording(file)
        found.append(cycle(list(zip(map(str, recording.chatters), recording.texts, strict=True))))
    return found


def messages(channels: list[Iterator[Line]], rate: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield keys and values, `rate` of them a second."""
    rnd, hashed = random.Random(1), ChatterHash(bytes(32))
    weights = [(rank + 1) ** -ZIPF_EXPONENT for rank in range(len(channels))]
    for number, channel in enumerate(rnd.choices(range(len(channels)), weights, k=MESSAGES)):
        person, text = next(channels[channel])
        sent_at = START + number * 1000 // rate
        emote = [{"provider": "twitch", "id": str(rnd.randrange(10**9)), "start": 0, "end": 4}]
        message = {
            "kind": "message",
            "schema_version": 1,
            "channel_id": str(40_000_000 + channel * 7919),
            "sent_at": sent_at,
            "received_at": sent_at + rnd.randrange(40, 400),
            "instance": "processing",
            "message_id": str(uuid.UUID(int=rnd.getrandbits(128), version=4)),
            "chatter": hashed.of(f"{channel}:{person}".encode()).decode(),
            "text": text,
            "emotes": emote if number % EMOTE_EVERY == 0 else [],
        }
        yield str(message["channel_id"]).encode(), codec.encode(msgspec.convert(message, Message))


def frames(lines: Iterator[tuple[bytes, bytes]], size: int) -> Iterator[Frame]:
    """Yield frames of `size` messages, each with its tick."""
    first, sent_at = 0, START
    while pairs := list(islice(lines, size)):
        sent_at += 1000
        tick = codec.encode(
            Tick(
                schema_version=1,
                sent_at=sent_at,
                received_at=sent_at,
                instance="processing",
                spool_id="0123456789abcdef",
                spool_position=first + len(pairs) + 1,
                format_version=FORMAT_VERSION,
            )
        )
        yield Frame.of(first, [*(part for pair in pairs for part in pair), TICK_KEY, tick], sent_at)
        first += len(pairs) + 1


def bytes_a_message(load: Load, partitions: Partitions, channels: list[Iterator[Line]]) -> float:
    """Return what a message takes on the disk with one commit a second."""
    with tempfile.TemporaryDirectory() as folder, Kafka(Path(folder) / "kafka", *free_ports(2)) as kafka:
        create_topics(AdminClient({"bootstrap.servers": kafka.bootstrap_servers}), partitions)
        settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
        transactions = Transactions(producer_config(settings, **PRODUCER_SETTINGS))
        for frame in frames(messages(channels, load.messages_per_second), load.messages_per_second):
            transactions.send([frame], frame.tick)
        logs = (kafka.directory / "data").glob(f"{CHAT_MESSAGES.name}-*/*.log")
        return round(sum(log.stat().st_size for log in logs) / MESSAGES, 1)


def main() -> int:
    """Measure each load; return 1 if a message takes more than the contract reckons with."""
    channels = recorded(Path(os.environ["CHAT_DATA"])) if "CHAT_DATA" in os.environ else []
    if not channels:
        sys.stderr.write("not measured: CHAT_DATA names no folder of recorded chat\n")
        return 0
    figures: dict[str, float] = {}
    is_over = False
    for name, load, partitions in (("usual", USUAL, DEFAULT), ("heavy", HEAVY, LARGE)):
        figures[name] = bytes_a_message(load, partitions, channels)
        is_over |= figures[name] > load.message_bytes
    write_result("chat_bytes", {"messages": MESSAGES, "recordings": len(channels), "bytes_a_message": figures})
    return int(is_over)


if __name__ == "__main__":
    sys.exit(main())
