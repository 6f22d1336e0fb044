"""Reports survive a restart; a broken file or disk does not stop the watcher."""

from pathlib import Path

import pytest

from watcher.condition import Condition
from watcher.notice import Notice
from watcher.state_file import MAX_PENDING, StateFile, WatcherState, newest

NOTICE = Notice(Condition.DATA_OLD, "data is old", 1.0)
STATE = WatcherState(Condition.DATA_OLD, 5.0, (NOTICE,))


def test_a_written_state_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "new" / "watcher.json"
    StateFile(file).write(STATE)
    assert StateFile(file).read() == STATE
    assert [each.name for each in file.parent.iterdir()] == ["watcher.json"]


def test_the_files_field_names_are_stable(tmp_path: Path) -> None:
    file = tmp_path / "watcher.json"
    notice = '{"event": "data_old", "text": "data is old", "at": 1.0}'
    file.write_text(f'{{"told": "data_old", "began_at": 5.0, "waiting": [{notice}]}}')
    assert StateFile(file).read() == STATE


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"told": "drunk"}', b"\xff"])
def test_a_broken_file_counts_as_no_state(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "watcher.json"
    file.write_bytes(content)
    assert StateFile(file).read() == WatcherState()


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "watcher.json"
    StateFile(file).write(STATE)
    (tmp_path / "watcher.json.new").write_bytes(b'{"told": "we')
    assert StateFile(file).read() == STATE


def test_a_failing_disk_is_tolerated(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    StateFile(tmp_path / "folder" / "watcher.json").write(STATE)


def test_only_the_newest_notices_are_kept() -> None:
    many = [Notice(Condition.DATA_OLD, str(number), 1.0) for number in range(MAX_PENDING + 5)]
    assert newest(many) == tuple(many[5:])
