"""Instances of two formats on one Kafka: no person is counted by two hashes, and nobody is fenced by a refusal."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, Message, Tick
from contracts.topics import CHAT_MESSAGES
from embedded.processes.waiting import wait_for
from embedded.records import read_topic
from service_runtime.kafka import producer_config
from service_runtime.settings import KafkaSettings
from stream_monitoring.forwarding.forwarder import Forwarder
from stream_monitoring.forwarding.lease import Lease, LeaseTimeouts
from stream_monitoring.forwarding.resume import SEPARATION_MS, LastTick
from stream_monitoring.forwarding.transactions import PRODUCER_SETTINGS, FencedError, Transactions
from stream_monitoring.main import log_reader, open_spool
from stream_monitoring.settings import SpoolSettings
from stream_monitoring.spool import frame
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.frame_queue import FrameQueue
from stream_monitoring.spool.spool import Spool, SpoolLimits

BEGIN = 1_790_000_000_000
SECONDS = 150  # of chat, a message per second, that both instances read
TIMEOUTS = LeaseTimeouts(stalled_seconds=1, go_on_seconds=2)  # an older instance is gone after six seconds
DEADLINE = 60.0
OLDER, NEWER = FORMAT_VERSION - 1, FORMAT_VERSION + 1


def lines_of(second: int, chatter: str, spool_id: str, position: int, version: int) -> list[bytes]:
    """The message of a second, and the tick that ends it."""
    at = BEGIN + second * 1000
    said = Message(
        schema_version=1,
        channel_id="42",
        sent_at=at,
        received_at=at,
        instance=spool_id,
        message_id=f"m{second}",
        chatter=chatter,
        text="hi",
        emotes=[],
    )
    tick = Tick(
        schema_version=1,
        sent_at=at,
        received_at=at,
        instance=spool_id,
        spool_id=spool_id,
        spool_position=position,
        format_version=version,
    )
    value = codec.encode(tick)
    if version == 1:
        value = value.replace(b',"format_version":1', b"")  # as the first version wrote it
    return [b"42", codec.encode(said), TICK_KEY, value]


def settings(kafka: str) -> KafkaSettings:
    return KafkaSettings(bootstrap_servers=kafka)


def transactions(kafka: str) -> Transactions:
    return Transactions(producer_config(settings(kafka), **PRODUCER_SETTINGS))


def write(to: Transactions, second: int, version: int) -> None:
    """One second, as an instance of this version forwards it."""
    sent = Frame.of(0, lines_of(second, "old hash", "another", 0, version), BEGIN + second * 1000)
    to.send([sent], sent.tick)


def write_first(to: Transactions, kafka: str, second: int, version: int) -> None:
    """The same, and wait until its commit is seen."""
    write(to, second, version)
    with log_reader(settings(kafka))() as log:
        wait_for("the tick", lambda: is_at(log.latest_tick(), second), DEADLINE)


def is_at(last: LastTick | None, second: int) -> bool:
    return last is not None and last.sent_at == BEGIN + second * 1000


@dataclass
class Continuity:
    """Of a capture that has read everything since before the first message."""

    read_since: int = BEGIN - 1
    gaps: list[tuple[int, int | None]] = field(default_factory=list)

    def gap_lines(self, after: int, until: int | None) -> list[bytes]:
        self.gaps.append((after, until))
        return []

    def joined_lines(self, _at: int) -> list[bytes]:
        return []


@dataclass
class Capture:
    continuity: Any
    is_healthy: bool = True


@contextmanager
def forwarding(kafka: str, spool: Spool, continuity: Continuity) -> Iterator[Forwarder]:
    """A new instance that reads the same chat and runs until the end of the block."""
    forwarder = Forwarder(
        spool=spool,
        queue=FrameQueue(),
        producer_config=producer_config(settings(kafka), **PRODUCER_SETTINGS),
        read_log=log_reader(settings(kafka)),
        lease=Lease("holder", TIMEOUTS, is_alone=False),
        capture=Capture(continuity),
        instance="new",
    )
    stop, ended = threading.Event(), threading.Event()
    ended.set()
    thread = threading.Thread(target=forwarder.run, args=(stop, ended))
    thread.start()
    try:
        yield forwarder
    finally:
        stop.set()
        thread.join(DEADLINE)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    """All of the chat with the new hashes."""
    made = Spool(tmp_path / "new", SpoolLimits())
    for second in range(SECONDS):
        lines = lines_of(second, "new hash", made.spool_id, made.end + 2, FORMAT_VERSION)
        made.append(lines, BEGIN + second * 1000)
    return made


def says(forwarder: Forwarder, words: str) -> Callable[[], bool]:
    return lambda: words in forwarder.problems().get("kafka", "")


def committed(kafka: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(each.value or b"{}") for each in read_topic(kafka, CHAT_MESSAGES.name)]


@pytest.mark.usefixtures("empty_topics")
def test_old_and_new_do_not_both_count(kafka: str, spool: Spool) -> None:
    older, continuity, second = transactions(kafka), Continuity(), 0
    write_first(older, kafka, second, OLDER)
    with forwarding(kafka, spool, continuity) as forwarder:
        wait_for("the new one sees the old one", says(forwarder, "older version"), DEADLINE)
        until = time.monotonic() + 2 * TIMEOUTS.older_format_seconds
        while time.monotonic() < until:
            second += 1
            write(older, second, OLDER)  # raises where it is fenced
            time.sleep(0.3)
        assert forwarder.state == "standby"
        wait_for("the new one goes on", lambda: forwarder.position == spool.end, DEADLINE)
        assert not forwarder.problems()
        with pytest.raises(FencedError):
            write(older, second + 1, OLDER)
    last = BEGIN + second * 1000
    assert continuity.gaps == [(last, last + SEPARATION_MS)]
    found = committed(kafka)
    messages = [each for each in found if each["kind"] == "message"]
    assert len({each["message_id"] for each in messages}) == len(messages)
    times = {each["chatter"]: [] for each in messages}
    for each in messages:
        times[each["chatter"]].append(each["sent_at"])
    assert times["old hash"] == [BEGIN + number * 1000 for number in range(second + 1)]
    assert times["new hash"] == [BEGIN + number * 1000 for number in range(second + 61, SECONDS)]


@pytest.mark.usefixtures("empty_topics")
def test_a_newer_instance_is_neither_joined_nor_fenced(kafka: str, spool: Spool) -> None:
    newer = transactions(kafka)
    write_first(newer, kafka, 0, NEWER)
    with forwarding(kafka, spool, Continuity()) as forwarder:
        wait_for("the newer one is seen", says(forwarder, "newer version"), DEADLINE)
        time.sleep(2 * TIMEOUTS.older_format_seconds)
        write(newer, 1, NEWER)  # raises where it is fenced
        assert forwarder.state == "standby"
    found = committed(kafka)
    assert {each["chatter"] for each in found if each["kind"] == "message"} == {"old hash"}
    assert {each["format_version"] for each in found if each["kind"] == "tick"} == {NEWER}


@pytest.mark.usefixtures("empty_topics")
def test_an_old_spool_begins_anew_once_it_is_delivered(kafka: str, tmp_path: Path) -> None:
    directory = tmp_path / "old"
    old = Spool(directory, SpoolLimits())
    for second in range(3):
        old.append(lines_of(second, "old hash", old.spool_id, old.end + 2, OLDER), BEGIN + second * 1000)
    old.close()
    for path in directory.glob("*.segment"):
        path.write_bytes(path.read_bytes().replace(frame.MAGIC, b"SSF%d" % OLDER))
    older, opened = transactions(kafka), SpoolSettings(directory=directory)
    write_first(older, kafka, 1, OLDER)
    with pytest.raises(SystemExit, match=r"has not delivered: start that version again"):
        open_spool(opened, settings(kafka))
    write_first(older, kafka, 2, OLDER)
    begun = open_spool(opened, settings(kafka))
    assert (begun.first, begun.end) == (0, 0)
    assert begun.spool_id != old.spool_id
