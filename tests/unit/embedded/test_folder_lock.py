"""Only one system runs in a folder at a time."""

from pathlib import Path

import pytest

from embedded.problems import SetupError
from embedded.processes import folder_lock


def test_a_second_owner_is_refused_with_the_owners_pid(tmp_path: Path) -> None:
    file = tmp_path / "run" / "lock"
    file.parent.mkdir()
    with folder_lock.acquire(file), pytest.raises(SetupError, match=r"A system already runs in .* \(process \d+\)"):
        folder_lock.acquire(file)


def test_the_lock_is_free_after_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    folder_lock.acquire(file).close()
    folder_lock.acquire(file).close()


def test_processes_of_a_dead_owner_are_awaited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_lock, "LEFTOVER_SECONDS", 0.1)
    file = tmp_path / "lock"
    with folder_lock.acquire(file) as watchdogs:
        watchdogs.truncate(0)
        watchdogs.write("999999999")
        watchdogs.flush()
        with pytest.raises(SetupError, match="do not stop"):
            folder_lock.acquire(file)
