"""Named workers. If one ends unexpectedly, the process ends with a non-zero code and is restarted from outside."""

import contextvars
import signal
import threading
import time
from collections.abc import Callable

import structlog

from contracts import metrics
from service_runtime.measures import measure

log = structlog.get_logger()
FAILED_SECONDS = 5.0  # grace for the other workers once one has failed: the restart waits for them
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
Worker = Callable[[threading.Event], None]


class Supervisor:
    """Runs workers in threads until a stop signal, or until one of them ends.

    A worker is a function of the event `stop` and returns soon after the event is set. Create it in the main thread,
    which alone may handle signals.
    """

    def __init__(self, grace_seconds: float = 20.0) -> None:
        self.stop = threading.Event()
        self.failed = False
        self._grace_seconds = grace_seconds
        self._threads: list[threading.Thread] = []
        for number in STOP_SIGNALS:  # before any worker: a signal during the start stops it cleanly too
            signal.signal(number, lambda *_: self.stop.set())

    def add(self, name: str, worker: Worker) -> None:
        """Start `worker` under `name`."""
        context = contextvars.copy_context()  # the worker logs with the fields of the starting thread
        thread = threading.Thread(target=context.run, args=(self._run, name, worker), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self, name: str, worker: Worker) -> None:
        try:
            worker(self.stop)
        except Exception:  # the supervised edge: any error ends the process
            log.exception("worker failed", worker=name)
            self._end(name)
        else:
            if not self.stop.is_set():
                log.error("worker ended unexpectedly", worker=name)
                self._end(name)

    def _end(self, name: str) -> None:
        measure(metrics.WORKER_FAILURES).labels(worker=name).inc()
        self.failed = True
        self.stop.set()

    def wait(self) -> int:
        """Block until a stop signal or a failure; return the process's exit code."""
        while not self.stop.wait(0.5):  # wake up so that signals are handled
            pass
        until = time.monotonic() + (min(self._grace_seconds, FAILED_SECONDS) if self.failed else self._grace_seconds)
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        stuck = [thread.name for thread in self._threads if thread.is_alive()]
        if stuck:
            log.error("workers did not stop", workers=stuck)
        return 1 if self.failed or stuck else 0
