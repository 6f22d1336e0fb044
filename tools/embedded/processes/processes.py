"""Starts, finds and ends processes so that none outlives its owner."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1  # linux/prctl.h
MARK = "STREAM_SCOUT_SYSTEM"  # environment variable of every process of a system: its folder
PROGRAM_MARK = "STREAM_SCOUT_PROGRAM"  # environment variable of every process of a program: its name


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when the thread that started it ends. Does nothing except on Linux."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))
    except (OSError, AttributeError):
        return


def spawn(command: list[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a process that ends with this one, in its own session; append its output to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def marked(folder: Path, program: str | None = None) -> list[psutil.Process]:
    """Find every process of the system in `folder`, or of one of its programs, except this one."""
    found = []
    for process in psutil.process_iter():
        try:
            marks = process.environ()
        except psutil.Error:  # belongs to another user, or has ended
            continue
        other = process.pid != os.getpid() and marks.get(MARK) == str(folder)
        if other and program in (None, marks.get(PROGRAM_MARK)):
            found.append(process)
    return found


def end(processes: Iterable[psutil.Process], grace_seconds: float) -> None:
    """Send SIGTERM, and SIGKILL to those still running after the grace time."""
    running = list(processes)
    for process in running:
        _signal(process, signal.SIGTERM)
    _, surviving = psutil.wait_procs(running, timeout=grace_seconds)
    for process in surviving:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(surviving, timeout=grace_seconds)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
