"""The detector as a process, and the chat that the tests feed it."""

import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
from confluent_kafka import Producer

from cause_check.simulated_rows import event_piece
from contracts import topics
from contracts.codec import decode
from embedded.paths import FLINK_JARS, FLINK_LOGGING, class_archive
from embedded.processes.ports import free_ports
from embedded.records import read_topic
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.evidence.emotes import TWITCH_ONLY, EmoteProvider
from moment_detection.messages import ResultRecord
from service_runtime.kafka import partitions_of

ANSWER_SECONDS = 240.0  # a MiniCluster takes 15 s to start, several times that on a busy machine
START = 1_790_000_040  # second, a minute's start
RULES = (Rules(4.0), Rules(2.0, name="lower", shadow=True))
CONFIG = """
[detector]
threshold = 4.0
[shadows.lower]
threshold = 2.0
"""
KAPPA = [{"provider": "twitch", "id": "25", "start": 0, "end": 4}]


class DetectorRun:
    """`python -m clip_detector` with settings of its own."""

    def __init__(self, kafka: str, directory: Path, **settings: str) -> None:
        rest_port, metrics_port = free_ports(2)
        config = directory / "detector.toml"
        config.write_text(CONFIG)
        own = {
            "DETECTOR_CONFIG": str(config),
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "DETECTOR_CHECKPOINT_DIRECTORY": str(directory / "checkpoints"),
            "DETECTOR_CHECKPOINT_SECONDS": "1",
            "DETECTOR_REST_PORT": str(rest_port),
            "DETECTOR_METRICS_PORT": str(metrics_port),
            "DETECTOR_FLINK_JARS": str(FLINK_JARS),
            "DETECTOR_JVM_OPTIONS": " ".join(class_archive("flink")),
            "DETECTOR_LOG_CONFIG": str(FLINK_LOGGING),
            "DETECTOR_WORK_DIRECTORY": str(directory / "flink"),
            **settings,
        }
        self.log = directory / f"detector-{rest_port}.log"
        with self.log.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clip_detector"], env={**os.environ, **own}, stderr=file, stdout=file
            )

    def jvm(self) -> psutil.Process:
        """Return the JVM that it started."""
        return next(each for each in psutil.Process(self.process.pid).children() if each.name() == "java")

    def kill_python(self) -> None:
        """kill -9 of the Python process; returns when its JVM is gone as well."""
        jvm = self.jvm()
        self.process.kill()
        self.process.wait(ANSWER_SECONDS)
        psutil.wait_procs([jvm], timeout=ANSWER_SECONDS)

    def kill_jvm(self) -> int:
        """kill -9 of the JVM; returns the exit code that the Python process ends with."""
        self.jvm().kill()
        return self.process.wait(ANSWER_SECONDS)

    def end(self) -> None:
        """Leave no process, however the test went."""
        if self.process.poll() is None:
            family = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            self.process.wait(ANSWER_SECONDS)
            for each in family:
                with suppress(psutil.NoSuchProcess):
                    each.kill()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(ANSWER_SECONDS)


class ChatLog:
    """Chat of one channel: what it wrote to Kafka, and what a recount makes of it.

    `loud`: what all but the first chatters of a second write. `emotes`: who knows the emotes that a recount finds.
    """

    def __init__(
        self, producer: Producer, channel_id: str, loud: str = "Kappa wow", emotes: EmoteProvider = TWITCH_ONLY
    ) -> None:
        self.producer = producer
        self.loud = loud
        self.emotes = emotes
        self.channel_id = channel_id
        self.random = random.Random(channel_id)
        self.partitions = partitions_of(producer, topics.CHAT_MESSAGES.name, ANSWER_SECONDS)
        self.rows: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self.events: dict[int, list[str]] = defaultdict(list)

    def message(self, second: int, chatter: str, text: str, emotes: list[dict[str, object]] | None = None) -> None:
        """Add one message in `second` after START."""
        message_id = f"{self.random.getrandbits(32):08x}-{len(self.rows)}"
        emotes = emotes or []
        record = self._record("message", second, message_id=message_id, chatter=chatter, text=text, emotes=emotes)
        piece = FIELD.join((chatter, message_id[:8], json.dumps(emotes, separators=(",", ":")), text))
        self.rows[START + second].append((chatter, piece))
        self._produce(record)

    def happens(self, kind: str, second: int, **fields: object) -> None:
        """Add a record that is no message in `second` after START."""
        record = decode(topics.CHAT_MESSAGES.name, self._produce(self._record(kind, second, **fields)))
        self.events[START + second].append(event_piece(record))

    def _record(self, kind: str, second: int, **fields: object) -> dict[str, object]:
        sent_at = (START + second) * 1000 + self.random.randrange(1000)
        envelope = {"kind": kind, "schema_version": 1, "channel_id": self.channel_id, "sent_at": sent_at}
        return {**envelope, "received_at": sent_at, "instance": "test", **fields}

    def _produce(self, record: dict[str, object]) -> bytes:
        value = json.dumps(record, separators=(",", ":")).encode()
        self.producer.produce(topics.CHAT_MESSAGES.name, value, self.channel_id)
        return value

    def raw(self, value: str) -> None:
        """Anything in the channel's partition."""
        self.producer.produce(topics.CHAT_MESSAGES.name, value, self.channel_id)

    def chat(self, seconds: range, chatters: Callable[[int], int], text: str = "hello") -> None:
        """Write `chatters(second)` messages per second, up to 5 s out of order, with a tick after each 5 s."""
        for begin in range(seconds.start, seconds.stop, 5):
            block = range(begin, min(begin + 5, seconds.stop))
            said = [(second, number) for second in block for number in range(chatters(second))]
            self.random.shuffle(said)
            for second, number in said:
                loud = number >= 3
                self.message(second, f"chatter{number}", self.loud if loud else text, KAPPA if loud else None)
            self.tick(block.stop)

    def tick(self, second: int) -> None:
        """Nothing before `second` follows."""
        tick = {"kind": "tick", "schema_version": 1, "sent_at": (START + second) * 1000 - 1, "received_at": 0}
        value = json.dumps({**tick, "instance": "test", "spool_id": "s", "spool_position": second})
        for partition in self.partitions:
            self.producer.produce(topics.CHAT_MESSAGES.name, value, partition=partition)
        self.producer.flush()

    def recount(self, until: int) -> list[ResultRecord]:
        """Return what the pure channel makes of all messages written, up to the second `until` after START."""
        channel = Channel(self.channel_id, Detector(*RULES), DictSlots(), self.emotes)
        found: list[tuple[int, ResultRecord]] = []
        for second in sorted(self.rows.keys() | self.events.keys()):
            said = self.rows.get(second, [])
            chatters = len({chatter for chatter, _ in said})
            pieces = PIECE.join(piece for _, piece in said)
            events = PIECE.join(self.events.get(second, ()))
            found += channel.row(SecondRow(second, len(said), chatters, pieces or None, events or None))
        found += channel.advance(START + until)
        return [record for _, record in found]

    def write_recording(self, path: Path) -> None:
        """Write all messages as recorded chat, START being its second 0."""
        with path.open("w") as file:
            for second in sorted(self.rows):
                for chatter, piece in self.rows[second]:
                    text = piece.rpartition(FIELD)[2]
                    file.write(json.dumps({"t": second - START, "user": chatter, "text": text}) + "\n")


def wait_for_progress(kafka: str, run: DetectorRun, second: int) -> None:
    """Wait until the job has reported that it passed `second` after START; fail with its log if it ends before."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while max(progress(kafka), default=0) < (START + second) * 1000:
        assert run.process.poll() is None, run.log.read_text()[-3000:]
        assert time.monotonic() < deadline, run.log.read_text()[-3000:]
        time.sleep(0.3)


def progress(kafka: str) -> Iterator[int]:
    """Yield the progress that the job reported, in milliseconds."""
    for record in read_topic(kafka, topics.JOB_PROGRESS.name):
        yield decode(topics.JOB_PROGRESS.name, record.value or b"").event_at


def results(kafka: str, topic: str, channel_id: str) -> set[tuple[bytes, bytes]]:
    """(key, value) of a channel in a topic of results, repeats dropped."""
    found = read_topic(kafka, topic)
    mine = (each for each in found if decode(topic, each.value or b"").channel_id == channel_id)
    return {(each.key or b"", each.value or b"") for each in mine}
