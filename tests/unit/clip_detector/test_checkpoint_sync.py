"""Once a checkpoint was noted as synced, a run only starts from noted ones."""

import os
from pathlib import Path

import pytest

from clip_detector.recovery.checkpoint_sync import SYNCED_FILE, sync_and_note, synced
from clip_detector.recovery.checkpoints import MAGIC, CheckpointShelf


def checkpoint(directory: Path, number: int, age: int) -> Path:
    folder = directory / "a" / f"chk-{number}"
    folder.mkdir(parents=True)
    for name in ("state", "_metadata"):
        (folder / name).write_bytes(MAGIC + b"x")
        os.utime(folder / name, (1_790_000_000 - age, 1_790_000_000 - age))
    return folder


def test_an_unsynced_checkpoint_gives_way_to_a_synced_one(tmp_path: Path) -> None:
    older, shelf = checkpoint(tmp_path, 1, age=9), CheckpointShelf(tmp_path)
    assert sync_and_note(tmp_path, shelf.whole()) == [older]
    newer = checkpoint(tmp_path, 2, age=1)
    assert shelf.choose() == older
    assert sync_and_note(tmp_path, shelf.whole()) == [newer]
    assert shelf.choose() == newer
    assert sync_and_note(tmp_path, shelf.whole()) == []


def test_all_files_are_synced_before_the_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = checkpoint(tmp_path, 1, age=9)
    seen: list[tuple[str, bool]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append((os.readlink(f"/proc/self/fd/{descriptor}"), (tmp_path / SYNCED_FILE).exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    sync_and_note(tmp_path, [whole])
    before = {path for path, noted in seen if not noted}
    assert before >= {str(path) for path in (whole / "state", whole / "_metadata", whole, whole.parent, tmp_path)}
    assert (str(tmp_path), True) in seen, "the note's own name must last too"


def test_dropped_checkpoints_are_neither_noted_nor_kept(tmp_path: Path) -> None:
    gone, shelf = tmp_path / "a" / "chk-1", CheckpointShelf(tmp_path)
    assert sync_and_note(tmp_path, [gone]) == []
    first, second = checkpoint(tmp_path, 2, age=9), checkpoint(tmp_path, 3, age=5)
    sync_and_note(tmp_path, [first])
    sync_and_note(tmp_path, [second])
    assert synced(tmp_path) == {"a/chk-3"}
    assert shelf.choose() == second


def test_without_notes_every_complete_checkpoint_counts(tmp_path: Path) -> None:
    whole = checkpoint(tmp_path, 1, age=9)
    assert CheckpointShelf(tmp_path).choose() == whole
    (tmp_path / SYNCED_FILE).write_text("torn [")
    assert CheckpointShelf(tmp_path).choose() == whole
