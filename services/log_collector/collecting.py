"""Reads what is new on each machine and stores it; the store itself keeps the places.

Nothing is kept here across a restart. Whenever it is not certain what the store has (at the start, after an answer
that did not come, after the store was started anew) all that is in memory is dropped, and the store is asked.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from contracts import metrics
from log_collector.file_reading import FileReading
from log_collector.lines.fields import Origin
from log_collector.source import Source, SourceAwayError, SourceFile
from log_collector.store import Store, StoreAwayError, StoreRestartedError
from service_runtime.backoff import Backoff
from service_runtime.measures import measure

log = structlog.get_logger()
BATCH_BYTES = 1 << 20  # of the files, in one insert
IDLE_SECONDS = 2.0  # after which a traceback has no more lines
CHECK_SECONDS = 5.0  # between two looks whether the store was started anew
SAFE_SECONDS = 180.0  # after which the store has certainly written to disk what it took: it does so every minute
OTHERS = "others"  # containers that no compose file names: each has a name of its own
WAIT = Backoff(1.0, 15.0, jitter=0.2)
Key = tuple[str, str, str]  # machine, container, file


class Collector:
    """The collector's worker. `now`: seconds since 1970."""

    def __init__(self, sources: Sequence[Source], store: Store, now: Callable[[], float] = time.time) -> None:
        self._sources, self._store, self._now = sources, store, now
        self._readings: dict[Key, FileReading] = {}
        self._pending: list[dict[str, Any]] = []
        self._pending_bytes = 0
        self._failures, self._checked_at = 0, float("-inf")
        self._away: set[str] = set()
        for source in sources:  # one that never answers is behind since now
            measure(metrics.LOG_COLLECTED_AT).labels(machine=source.machine).set(now())

    def run(self, stop: threading.Event, poll_seconds: float) -> None:
        """Collect until `stop`; then store what is read."""
        log.info("log collector started", sources=[source.machine for source in self._sources])
        while not stop.is_set():
            stop.wait(poll_seconds if self.once() else WAIT.wait_seconds(self._failures))
        self.finish()

    def once(self) -> bool:
        """Look once at each machine; return whether the store took all."""
        try:
            self._check()
            for source in self._sources:
                self._collect(source)
        except StoreAwayError as error:
            self._start_over(error)
            return False
        self._failures = 0
        return True

    def finish(self) -> None:
        """Store what is open, so that it is found while this service is away."""
        try:
            for reading in self._readings.values():
                self._take(reading.flush(self._now()), 0)
            self._insert()
        except StoreAwayError as error:
            self._start_over(error)

    def _check(self) -> None:
        if self._now() - self._checked_at >= CHECK_SECONDS:
            self._store.check()
            self._checked_at = self._now()

    def _start_over(self, error: StoreAwayError) -> None:
        self._failures += 1
        if self._failures == 1:
            log.warning("the store is away, or has to be asked what it has", reason=str(error))
        outcome = "restarted" if isinstance(error, StoreRestartedError) else "failed"
        measure(metrics.LOG_INSERTS).labels(outcome=outcome).inc()
        self._readings.clear()
        self._pending, self._pending_bytes = [], 0

    def _collect(self, source: Source) -> None:
        try:
            files = source.files()
            self._forget(source.machine, files)
            for file in files:
                self._collect_file(source, file)
            self._insert()
            self._note(source, files)
            for file in files:
                self._release(source, file)
        except SourceAwayError as error:
            if source.machine not in self._away:
                log.warning("a machine's log source does not answer", source=source.machine, reason=str(error))
            self._away.add(source.machine)
            self._insert()
            measure(metrics.LOG_SOURCE_ANSWERS).labels(machine=source.machine).set(0)

    def _forget(self, machine: str, files: list[SourceFile]) -> None:
        listed = {(machine, file.id, file.file) for file in files}
        for key in [key for key in self._readings if key[0] == machine and key not in listed]:
            self._take(self._readings.pop(key).flush(self._now()), 0)

    def _collect_file(self, source: Source, file: SourceFile) -> None:
        reading = self._reading(source.machine, file)
        while reading.position < file.size:
            content = source.read(file, reading.position)
            if not content:
                break
            self._take(reading.feed(content, self._now()), len(content))
        if reading.is_open and (not file.current or self._now() - reading.touched_at >= IDLE_SECONDS):
            self._take(reading.flush(self._now()), 0)

    def _reading(self, machine: str, file: SourceFile) -> FileReading:
        key = (machine, file.id, file.file)
        if key not in self._readings:
            origin = Origin(machine, file.service, file.id, file.project, file.file)
            coverage = self._store.coverage(machine, file.id, file.file)
            self._readings[key] = FileReading(origin, coverage, self._now())
        return self._readings[key]

    def _take(self, rows: list[dict[str, Any]], size: int) -> None:
        self._pending += rows
        self._pending_bytes += size
        if self._pending_bytes >= BATCH_BYTES:
            self._insert()

    def _insert(self) -> None:
        rows = self._pending
        if rows:
            self._store.insert(rows)
            measure(metrics.LOG_INSERTS).labels(outcome="stored").inc()
        self._pending, self._pending_bytes = [], 0
        for row in rows:
            service = row["service"] if row["project"] else OTHERS
            measure(metrics.LOG_LINES).labels(machine=row["machine"], service=service).inc()

    def _note(self, source: Source, files: list[SourceFile]) -> None:
        self._away.discard(source.machine)
        readings = [self._readings[source.machine, file.id, file.file] for file in files]
        left = sum(max(0, file.size - reading.position) for file, reading in zip(files, readings, strict=True))
        measure(metrics.LOG_SOURCE_ANSWERS).labels(machine=source.machine).set(1)
        measure(metrics.LOG_BEHIND).labels(machine=source.machine).set(left)
        measure(metrics.LOG_COLLECTED_AT).labels(machine=source.machine).set(self._now())

    def _release(self, source: Source, file: SourceFile) -> None:
        reading = self._readings[source.machine, file.id, file.file]
        is_read = file.deleted and reading.position >= file.size
        if is_read and self._now() - reading.touched_at >= SAFE_SECONDS:
            source.done(file)
