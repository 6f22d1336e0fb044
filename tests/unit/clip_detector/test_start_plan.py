"""Where a run starts: the newest complete checkpoint, an older one, or three hours back."""

import os
from pathlib import Path

from clip_detector.recovery.checkpoints import MAGIC, START_LIMIT, CheckpointShelf
from clip_detector.recovery.last_progress import LastProgress
from clip_detector.recovery.start_plan import BACK_MS, plan_start

NOW = 1_790_000_000_000
NOTHING = LastProgress(False, 0)


def checkpoint(directory: Path, run: str, number: int, age: int, content: bytes = MAGIC + b"x") -> Path:
    folder = directory / run / f"chk-{number}"
    folder.mkdir(parents=True)
    (folder / "_metadata").write_bytes(content)
    os.utime(folder / "_metadata", (NOW - age, NOW - age))
    return folder


def test_the_newest_checkpoint_of_all_runs_is_chosen(tmp_path: Path) -> None:
    checkpoint(tmp_path, "a", 90, age=20)
    newest = checkpoint(tmp_path, "b", 3, age=5)
    start = plan_start(CheckpointShelf(tmp_path), LastProgress(True, NOW), NOW)
    assert start.checkpoint == newest
    assert start.config["execution.state-recovery.path"] == f"file://{newest}"
    assert start.emit_after == 0


def test_an_incomplete_checkpoint_is_skipped(tmp_path: Path) -> None:
    whole = checkpoint(tmp_path, "a", 1, age=20)
    checkpoint(tmp_path, "b", 1, age=5, content=b"")
    (tmp_path / "b" / "chk-2").mkdir()
    assert CheckpointShelf(tmp_path).choose() == whole


def test_failing_checkpoints_give_way_to_older_ones_and_none(tmp_path: Path) -> None:
    older, newer = checkpoint(tmp_path, "a", 1, age=20), checkpoint(tmp_path, "a", 2, age=5)
    shelf = CheckpointShelf(tmp_path)
    chosen = []
    for _ in range(2 * START_LIMIT):
        start = plan_start(shelf, LastProgress(True, NOW - 1000), NOW)
        assert start.checkpoint
        shelf.note_start(start.checkpoint)
        chosen.append(start.checkpoint)
    assert chosen == [newer] * START_LIMIT + [older] * START_LIMIT
    assert plan_start(shelf, LastProgress(True, NOW - 1000), NOW).checkpoint is None


def test_a_cold_start_begins_three_hours_before_the_progress(tmp_path: Path) -> None:
    stood_at = NOW - 10 * 3600 * 1000
    start = plan_start(CheckpointShelf(tmp_path), LastProgress(True, stood_at), NOW)
    assert start.source["scan.startup.timestamp-millis"] == str(stood_at - BACK_MS)
    assert start.emit_after == stood_at
    checkpoint(tmp_path, "a", 1, age=1)
    assert plan_start(CheckpointShelf(tmp_path), LastProgress(True, stood_at), NOW).emit_after == stood_at


def test_without_progress_it_begins_three_hours_before_now(tmp_path: Path) -> None:
    start = plan_start(CheckpointShelf(tmp_path), LastProgress(True, 0), NOW)
    assert start.source["scan.startup.timestamp-millis"] == str(NOW - BACK_MS)
    assert start.source["scan.watermark.alignment.group"]


def test_the_first_start_reads_the_whole_topic(tmp_path: Path) -> None:
    start = plan_start(CheckpointShelf(tmp_path), NOTHING, NOW)
    assert start.source["scan.startup.mode"] == "earliest-offset"
    assert start.source["scan.watermark.alignment.group"]
    assert start.emit_after == 0


def test_pruning_keeps_the_newest_three_checkpoints(tmp_path: Path) -> None:
    for age, run in enumerate("abcd"):
        checkpoint(tmp_path, run, 1, age=age)
    assert [run.name for run in CheckpointShelf(tmp_path).prune()] == ["d"]
    assert len(CheckpointShelf(tmp_path).newest_first()) == 3
