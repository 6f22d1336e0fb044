"""One system runs in a folder at a time."""

from pathlib import Path

import pytest

from embedded.problems import SetupError
from embedded.processes import folder_lock


def test_a_second_owner_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    file = tmp_path / "run" / "lock"
    file.parent.mkdir()
    with folder_lock.take(file), pytest.raises(SetupError, match=r"A system already runs in .* \(process \d+\)"):
        folder_lock.take(file)


def test_it_is_free_after_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    folder_lock.take(file).close()
    folder_lock.take(file).close()


def test_what_a_dead_owner_left_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_lock, "LEFTOVER_SECONDS", 0.1)
    file = tmp_path / "lock"
    with folder_lock.take(file) as watchdogs:
        watchdogs.truncate(0)
        watchdogs.write("999999999")
        watchdogs.flush()
        with pytest.raises(SetupError, match="do not end"):
            folder_lock.take(file)
