"""Fills a folder once for each state of its sources, however many processes want it at the same time."""

import fcntl
from collections.abc import Callable
from pathlib import Path


def make_once(folder: Path, fingerprint: str, make: Callable[[], None]) -> None:
    """Call `make` unless the folder was last filled under this fingerprint; one process at a time, the others wait.

    What `make` raises passes; then the next call makes it again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "stamp"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        make()
        stamp.write_text(fingerprint)
