"""Frames: the tick's position, opt-outs for the job, and a disk that is full for a while."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stream_monitoring.capture import frame_writer
from stream_monitoring.capture.frame_writer import FrameContent, FrameWriter
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.privacy.erasure import Erasure
from stream_monitoring.privacy.opt_outs import OptOutStatus
from stream_monitoring.spool.batch import Batch
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import Spool, SpoolLimits

from .examples import message

NOW = 1_795_000_000_000


class World:
    """A writer on a spool, what it wrote and when it paused reading."""

    def __init__(self, folder: Path) -> None:
        self.spool = Spool(folder, SpoolLimits())
        self.batch = Batch()
        self.erasure = Erasure(self.spool, Quarantine(folder))
        self.written: list[Frame] = []
        self.pauses: list[bool] = []
        self.stop = threading.Event()
        self.writer = FrameWriter(
            instance="t",
            spool=self.spool,
            batch=self.batch,
            erasure=self.erasure,
            clock=TwitchClock(),
            machine_now=lambda: NOW,
            frame_written=self.written.append,
            forwarded_position=lambda: 0,
        )

    def add(self, channel: bytes, message_id: str) -> None:
        """Read a message."""
        self.batch.add_encoded([channel + b"\n" + message(message_id, NOW)])

    def content(self, tick_at: int) -> FrameContent:
        """Return the next frame's content."""
        return self.writer.take_content(tick_at, {"bar": "42"})

    def write(self, content: FrameContent) -> None:
        """Write a frame as the capture does."""
        asyncio.run(self.writer.write(content, self.pauses.append, self.stop))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.writer.close()


def values(frame: Frame) -> list[dict[str, Any]]:
    return [msgspec.json.decode(value) for value in frame.lines[1::2]]


def test_the_tick_names_the_position_after_its_frame(world: World) -> None:
    for number in range(3):
        for each in range(number):
            world.add(b"42", f"m{number}-{each}")
        world.write(world.content(NOW + number))
    assert [values(frame)[-1]["spool_position"] for frame in world.written] == [1, 3, 6]
    assert [frame.end for frame in world.written] == [1, 3, 6]
    assert world.writer.last_tick == NOW + 2
    assert world.writer.twitch_now() == NOW + 3  # later than the last tick
    assert world.writer.load_covered() == {"bar": "42"}


def test_an_opt_out_drops_records_and_is_reported_once(world: World) -> None:
    world.erasure.update({"42": OptOutStatus("bar", True, 5)})
    for number in range(2):
        world.add(b"42", "dropped")
        world.add(b"7", f"kept{number}")
        world.write(world.content(NOW + number))
    first, second = ([each["kind"] for each in values(frame)] for frame in world.written)
    assert (first, second) == (["message", "opt_out", "tick"], ["message", "tick"])
    assert [frame.count for frame in world.written] == [3, 2]


def test_a_full_disk_pauses_reading_until_a_retry_works(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    append, problems = world.spool.append, list[str]()

    def full(*arguments: Any) -> Frame:
        problems.append(world.writer.problem)
        if len(problems) < 3:
            raise OSError(28, "No space left on device")
        return append(*arguments)

    monkeypatch.setattr(frame_writer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(world.spool, "append", full)
    world.add(b"42", "m")
    world.write(world.content(NOW))
    assert problems[0] == ""
    assert all("No space left" in each for each in problems[1:])
    assert True in world.pauses
    assert world.pauses[-1] is False
    assert world.writer.problem == ""
    assert len(world.written) == 1


def test_a_stopping_process_gives_up_on_a_full_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Frame:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(frame_writer, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(frame_writer, "STOP_SECONDS", 0.05)
    monkeypatch.setattr(world.spool, "append", full)
    world.stop.set()
    with pytest.raises(OSError, match="no room for the last records"):
        world.write(world.content(NOW))
    assert world.written == []
