"""A file is replaced whole or not at all."""

import stat
from pathlib import Path

import pytest

from service_runtime.files import replace_durably


def test_the_file_is_the_new_one_and_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text("old")
    file.chmod(0o644)
    replace_durably(file, b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_where_it_fails_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        replace_durably(tmp_path / "folder", b"a folder is in the way")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]
