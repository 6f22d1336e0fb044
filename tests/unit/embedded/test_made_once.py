"""A folder is filled once for each fingerprint, and again after a failure."""

import threading
from pathlib import Path

import pytest

from embedded.servers.made_once import make_once


def test_it_is_made_once_for_each_fingerprint(tmp_path: Path) -> None:
    made: list[str] = []
    for fingerprint in ("a", "a", "b", "b", "a"):
        make_once(tmp_path / "jars", fingerprint, lambda: made.append(fingerprint))  # noqa: B023 - called at once
    assert made == ["a", "b", "a"]


def test_what_failed_is_made_again(tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError("no network")

    with pytest.raises(RuntimeError, match="no network"):
        make_once(tmp_path, "a", fail)
    made: list[str] = []
    make_once(tmp_path, "a", lambda: made.append("a"))
    assert made == ["a"]


def test_many_at_once_make_it_once(tmp_path: Path) -> None:
    made: list[str] = []
    threads = [
        threading.Thread(target=make_once, args=(tmp_path, "a", lambda: made.append("a")), daemon=True)
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert made == ["a"]
