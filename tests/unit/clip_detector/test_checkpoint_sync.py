"""A run only starts from checkpoints that are on the disk, and so is what they have read."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from clip_detector.flink import retained
from clip_detector.recovery.checkpoint_sync import SETTLE_SECONDS, CheckpointNotes
from clip_detector.recovery.checkpoints import MAGIC, START_LIMIT, SYNCED_FILE, CheckpointShelf, synced, write_notes
from clip_detector.recovery.log_ends import Ends, LastRecord

END = {0: LastRecord(7, 1234)}


class Clock:
    """The log's ends, and seconds that pass only when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.ends: Ends | None = END

    def now(self) -> float:
        return self.seconds

    def ends_now(self) -> Ends | None:
        return self.ends


@pytest.fixture
def clock() -> Clock:
    return Clock()


def checkpoint(directory: Path, number: int, age: int) -> Path:
    folder = directory / "a" / f"chk-{number}"
    folder.mkdir(parents=True)
    for name in ("state", "_metadata"):
        (folder / name).write_bytes(MAGIC + b"x")
        os.utime(folder / name, (1_790_000_000 - age, 1_790_000_000 - age))
    return folder


def notes_in(directory: Path, clock: Clock) -> CheckpointNotes:
    return CheckpointNotes(CheckpointShelf(directory), clock.ends_now, clock.now)


def test_a_checkpoint_is_noted_once_kafka_has_flushed(tmp_path: Path, clock: Clock) -> None:
    notes, shelf = notes_in(tmp_path, clock), CheckpointShelf(tmp_path)
    older = checkpoint(tmp_path, 1, age=9)
    assert notes.look() == []
    clock.seconds += SETTLE_SECONDS
    newer = checkpoint(tmp_path, 2, age=1)
    assert notes.look() == ["a/chk-1"]
    assert shelf.choose() == older
    clock.seconds += SETTLE_SECONDS - 0.1
    assert notes.look() == []
    clock.seconds += 0.1
    assert notes.look() == ["a/chk-2"]
    assert shelf.choose() == newer
    assert synced(tmp_path) == {"a/chk-1": END, "a/chk-2": END}


def test_the_ends_are_those_of_the_time_it_was_made(tmp_path: Path, clock: Clock) -> None:
    notes = notes_in(tmp_path, clock)
    checkpoint(tmp_path, 1, age=9)
    clock.ends = None
    notes.look()
    clock.ends = {0: LastRecord(8, 99)}
    notes.look()
    clock.ends = END
    clock.seconds += SETTLE_SECONDS
    assert notes.look() == ["a/chk-1"]
    assert synced(tmp_path) == {"a/chk-1": {0: LastRecord(8, 99)}}


def test_a_checkpoint_of_an_earlier_run_is_not_noted_late(tmp_path: Path, clock: Clock) -> None:
    """The power may have failed since, and Kafka may have lost what it has read."""
    checkpoint(tmp_path, 1, age=9)
    notes = notes_in(tmp_path, clock)
    notes.look()
    clock.seconds += SETTLE_SECONDS
    assert notes.look() == []


def test_all_files_are_synced_before_the_note(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = notes_in(tmp_path, clock)
    whole = checkpoint(tmp_path, 1, age=9)
    seen: list[tuple[str, bool]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append((os.readlink(f"/proc/self/fd/{descriptor}"), (tmp_path / SYNCED_FILE).exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    notes.look()
    clock.seconds += SETTLE_SECONDS
    notes.look()
    before = {path for path, noted in seen if not noted}
    assert before >= {str(path) for path in (whole / "state", whole / "_metadata", whole, whole.parent, tmp_path)}
    assert (str(tmp_path), True) in seen, "the note's own name must last too"


def test_dropped_checkpoints_are_neither_noted_nor_kept(tmp_path: Path, clock: Clock) -> None:
    notes, shelf = notes_in(tmp_path, clock), CheckpointShelf(tmp_path)
    first, _ = checkpoint(tmp_path, 2, age=9), checkpoint(tmp_path, 3, age=8)
    notes.look()
    for path in (*first.iterdir(), first):
        path.unlink() if path.is_file() else path.rmdir()
    clock.seconds += SETTLE_SECONDS
    assert notes.look() == ["a/chk-3"]
    second = checkpoint(tmp_path, 4, age=5)
    notes.look()
    clock.seconds += SETTLE_SECONDS
    notes.look()
    assert set(synced(tmp_path) or ()) == {"a/chk-3", "a/chk-4"}
    assert shelf.choose() == second


def test_checkpoints_that_read_what_kafka_lost_are_dropped(tmp_path: Path) -> None:
    older, _newer = checkpoint(tmp_path, 1, age=9), checkpoint(tmp_path, 2, age=1)
    lost = {0: LastRecord(9, 5678)}
    write_notes(tmp_path, {"a/chk-1": END, "a/chk-2": lost})

    def is_end(ends: Mapping[int, LastRecord]) -> bool:
        return ends == END

    shelf = CheckpointShelf(tmp_path)
    shelf.drop_overtaken(is_end)
    assert shelf.choose() == older
    shelf.drop_overtaken(lambda _: False)
    assert shelf.choose() is None, "an unsafe checkpoint must not count as one that was never noted"


def test_notes_of_a_version_that_synced_at_once_still_count(tmp_path: Path) -> None:
    whole, _unnoted = checkpoint(tmp_path, 1, age=9), checkpoint(tmp_path, 2, age=1)
    (tmp_path / SYNCED_FILE).write_text('["a/chk-1"]')
    CheckpointShelf(tmp_path).drop_overtaken(lambda ends: not ends)
    assert CheckpointShelf(tmp_path).choose() == whole


def test_a_run_that_made_a_checkpoint_did_not_fail_to_start(tmp_path: Path, clock: Clock) -> None:
    """Runs that are killed before their checkpoints are noted start from the same one again and again."""
    first, shelf = checkpoint(tmp_path, 1, age=9), CheckpointShelf(tmp_path)
    write_notes(tmp_path, {"a/chk-1": END})
    for number in range(2, 3 + START_LIMIT):
        assert shelf.choose() == first
        shelf.note_start(first)
        notes = notes_in(tmp_path, clock)
        checkpoint(tmp_path, number, age=1)
        assert notes.look() == []
    assert shelf.failed() == []


def test_without_notes_every_complete_checkpoint_counts(tmp_path: Path) -> None:
    whole = checkpoint(tmp_path, 1, age=9)
    assert CheckpointShelf(tmp_path).choose() == whole
    (tmp_path / SYNCED_FILE).write_text("torn [")
    assert CheckpointShelf(tmp_path).choose() == whole


def test_flink_keeps_a_checkpoint_until_it_is_noted() -> None:
    assert all((retained(seconds) - 3) * seconds > SETTLE_SECONDS for seconds in (0.5, 1, 3, 10, 30))
