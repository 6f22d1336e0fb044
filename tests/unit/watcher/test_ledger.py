"""What was told survives a restart; a broken file or disk does not stop the watcher."""

from pathlib import Path

import pytest

from watcher.condition import Condition
from watcher.ledger import MOST_WAITING, Ledger, Told, kept
from watcher.notice import Notice

NOTICE = Notice(Condition.DATA_OLD, "data is old", 1.0)
TOLD = Told(Condition.DATA_OLD, 5.0, (NOTICE,))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "watcher.json"
    Ledger(file).write(TOLD)
    assert Ledger(file).read() == TOLD
    assert [each.name for each in file.parent.iterdir()] == ["watcher.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"told": "drunk"}', b"\xff"])
def test_a_broken_file_counts_as_nothing_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "watcher.json"
    file.write_bytes(content)
    assert Ledger(file).read() == Told()


def test_a_write_that_was_cut_leaves_the_file_before(tmp_path: Path) -> None:
    file = tmp_path / "watcher.json"
    Ledger(file).write(TOLD)
    (tmp_path / "watcher.json.new").write_bytes(b'{"told": "we')
    assert Ledger(file).read() == TOLD


def test_a_disk_that_refuses_is_borne(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    Ledger(tmp_path / "folder" / "watcher.json").write(TOLD)


def test_only_the_newest_notices_wait() -> None:
    many = [Notice(Condition.DATA_OLD, str(number), 1.0) for number in range(MOST_WAITING + 5)]
    assert kept(many) == tuple(many[5:])
