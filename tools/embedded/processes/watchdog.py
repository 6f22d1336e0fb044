"""Ends a system whose owner has died: `python -m embedded.processes.watchdog DESCRIPTOR DIRECTORY SUPERVISOR_PID`.

The descriptor is the read end of a pipe that only the owner holds open for writing.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path

import psutil

from embedded.processes.processes import end, marked

SUPERVISOR_SECONDS = 45.0  # for supervisord to stop its programs in order
GRACE_SECONDS = 5.0


def main() -> None:
    """Wait until the owner has ended, then end supervisord and every process with the system's mark."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    descriptor, directory, supervisor = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    while os.read(descriptor, 1):
        pass
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        process = psutil.Process(supervisor)
        if process in marked(directory):
            process.terminate()
            process.wait(SUPERVISOR_SECONDS)
    end(marked(directory), GRACE_SECONDS)


if __name__ == "__main__":
    main()
