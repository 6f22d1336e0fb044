"""A lock that allows one system per folder, held by its owner and its watchdog."""

import fcntl
import os
from pathlib import Path
from typing import IO

import psutil

from embedded.problems import SetupError
from embedded.processes.waiting import TooLateError, wait_for

LEFTOVER_SECONDS = 90.0  # for the watchdog of a killed owner to stop what is left


def acquire(file: Path) -> IO[str]:
    """Return the open lock file; the lock is released once every process that inherited it has closed it.

    Raises SetupError if another owner is running. Waits for the processes that a dead owner left.
    """
    lock = file.open("a+")
    try:
        wait_for("the folder's last system has ended", lambda: _locked(lock) or _refuse(lock, file), LEFTOVER_SECONDS)
    except TooLateError as error:
        lock.close()
        raise SetupError(f"Processes of the last run in {file.parent.parent} do not stop. Stop them first.") from error
    except BaseException:
        lock.close()
        raise
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refuse(lock: IO[str], file: Path) -> bool:
    lock.seek(0)
    owner = lock.read()
    if owner.isdecimal() and psutil.pid_exists(int(owner)):
        where = file.parent.parent
        raise SetupError(f"A system already runs in {where} (process {owner}). Stop it first (Ctrl-C there).")
    return False
