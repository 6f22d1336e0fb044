"""Probes run at once, each with a deadline, and none ends in a traceback."""

import threading
import time
from pathlib import Path

from status.facts import Away, Disk
from status.probes import all_at_once, disk


def test_a_slow_probe_is_left_behind_and_a_broken_one_is_said() -> None:
    never = threading.Event()

    def broken() -> object:
        raise ZeroDivisionError("by nothing")

    begin = time.monotonic()
    answers = all_at_once(
        {"slow": lambda: never.wait(60), "slower": lambda: never.wait(60), "b": broken, "a": int}, 0.3
    )
    assert time.monotonic() - begin < 30
    never.set()
    assert answers["a"] == 0
    assert answers["slow"] == answers["slower"] == Away("no answer within 0.3 s")
    assert "ZeroDivisionError" in answers["b"].reason


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert isinstance(disk(tmp_path), Disk)
    assert isinstance(disk(tmp_path / "none"), Away)
