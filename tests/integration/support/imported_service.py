"""Forks services that it has imported: `python -P imported_service.py NAME`, an order as a line of JSON each.

It reports as lines of JSON as well: the pid of each service that it started, and the exit code of each that ended.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import sys
import time
from types import FrameType

CHILD_ENDED = {signal.SIGCHLD}


def report(**fields: int) -> None:
    """Write a line, which is short enough to stay whole."""
    os.write(1, json.dumps(fields).encode() + b"\n")


def reap(_number: int, _frame: FrameType | None) -> None:
    """Report those that have ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        report(ended=pid, code=os.waitstatus_to_exitcode(status))


def become(order: dict) -> None:
    """Take the place of the service: its environment, output and standard signals."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, CHILD_ENDED)
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    sys.argv[1:] = order["flags"]
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number, file in ((0, nothing), (1, log), (2, log)):
        os.dup2(file, number)
    os.close(nothing)
    os.close(log)


def main(name: str) -> None:
    """Serve orders to their end; a fork leaves this loop by the exit of its service."""
    importlib.import_module(f"{name}.main")
    gc.freeze()  # no fork looks through what was imported, which took half a second at its end
    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        signal.pthread_sigmask(signal.SIG_BLOCK, CHILD_ENDED)  # its end is reported after its start
        pid = os.fork()
        if not pid:
            become(json.loads(line))
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        report(started=pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, CHILD_ENDED)


if __name__ == "__main__":
    main(sys.argv.pop())
