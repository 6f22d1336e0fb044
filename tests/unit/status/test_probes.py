"""Probes run in parallel, each with a deadline, and none ends in a traceback."""

import threading
import time
from pathlib import Path

from status.facts import Disk, NoAnswer
from status.probes import disk, run_all


def test_slow_and_broken_probes_are_reported() -> None:
    never = threading.Event()

    def broken() -> object:
        raise ZeroDivisionError("by nothing")

    begin = time.monotonic()
    answers = run_all({"slow": lambda: never.wait(60), "slower": lambda: never.wait(60), "b": broken, "a": int}, 0.3)
    assert time.monotonic() - begin < 30
    never.set()
    assert answers["a"] == 0
    assert answers["slow"] == answers["slower"] == NoAnswer("no answer within 0.3 s")
    assert "ZeroDivisionError" in answers["b"].reason


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    assert isinstance(disk(tmp_path), Disk)
    assert isinstance(disk(tmp_path / "none"), NoAnswer)
