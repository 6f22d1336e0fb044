"""The recorder's loop: read, shape, write, commit; a heartbeat when idle, retries while Postgres is away."""

import threading
import time
from collections.abc import Callable

import structlog

from contracts import metrics
from recorder.batch import Shaper, WriteBatch, without
from recorder.consumer import RecordReader
from recorder.positions import DatabaseBehindError, Offsets
from recorder.rows.progress import heartbeat
from recorder.rows.record import Record
from recorder.rows.row import Entry, first_crossings
from recorder.store import Store
from service_runtime.backoff import Backoff
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

log = structlog.get_logger()
BATCH_RECORDS = 1000
LINGER_SECONDS = 0.5  # for ticks and progress alone: the page shows freshness in seconds
POLL_SECONDS = 0.1
HEARTBEAT_SECONDS = 2.0
RECONNECT = Backoff(first_seconds=0.2, longest_seconds=2.0)  # a stop waits as long for Postgres


class RecordingLoop:
    """Writes what `reader` reads into `store`. `now` gives milliseconds since 1970 UTC."""

    def __init__(self, reader: RecordReader, store: Store, shaper: Shaper, now: Callable[[], int]) -> None:
        self._reader, self._store, self._shaper, self._now = reader, store, shaper, now
        self._batch = WriteBatch(BATCH_RECORDS, LINGER_SECONDS)
        self._beaten_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Record until `stop`; the last batch is written if Postgres answers."""
        try:
            while not stop.is_set():
                self._add(self._reader.read(self._batch.space or 1, POLL_SECONDS))
                self._beat()
                if self._batch.is_due(time.monotonic()):
                    self._flush(stop)
            self._flush(stop)
            self._reader.commit((), wait=True)
        finally:
            self._reader.close()
            self._store.close()

    def _add(self, records: list[Record]) -> None:
        now, clock = self._now(), time.monotonic()
        for record in records:
            self._batch.add(self._shaper.entry(record, now), clock)

    def _beat(self) -> None:
        """Add a heartbeat, early enough to be written every two seconds with the batch's linger."""
        clock = time.monotonic()
        if clock - self._beaten_at >= HEARTBEAT_SECONDS - LINGER_SECONDS:
            self._beaten_at = clock
            self._batch.add(heartbeat(self._now()), clock)

    def _flush(self, stop: threading.Event) -> None:
        entries = self._batch.drain()
        with measure(metrics.RECORDER_BATCH_SECONDS).time():
            written = self._write(entries, stop) if entries else []
        self._measure_moments(written)
        self._reader.commit(entry.record for entry in written if entry.record is not None)

    def _measure_moments(self, written: list[Entry]) -> None:
        now = self._now()
        for crossed_at in first_crossings(written):
            measure(metrics.MOMENT_ROW_SECONDS).observe(max(0, now - crossed_at) / 1000)

    def _write(self, entries: list[Entry], stop: threading.Event) -> list[Entry]:
        """Write, however long Postgres is away, and return what was written.

        That is nothing if `stop` came first, and not what has to be read again: Kafka still has the records.
        """
        attempt, away_since = 0, None
        while True:
            try:
                self._store.write(entries)
            except DatabaseBehindError as behind:
                entries = self._read_again(behind.offsets, entries)
                continue
            except PostgresAwayError as error:
                measure(metrics.RECORDER_WAITS).inc()
                if away_since is None:
                    away_since = time.monotonic()
                    log.warning("Postgres is away; waiting", reason=str(error), records=len(entries))
            else:
                break
            if stop.is_set():
                return []
            attempt += 1
            self._add(self._reader.keep_alive(RECONNECT.wait_seconds(attempt)))
        if away_since is not None:
            self._reader.go_on()
            log.info("Postgres is back", away_seconds=round(time.monotonic() - away_since, 1))
        return entries

    def _read_again(self, offsets: Offsets, entries: list[Entry]) -> list[Entry]:
        """Read from these offsets on; return the entries that are to be written all the same."""
        log.warning(
            "the database lacks records, as after a restored backup; reading them again",
            offsets={f"{topic}/{partition}": offset for (topic, partition), offset in offsets.items()},
        )
        self._reader.rewind(offsets)
        self._batch.discard(offsets)
        return without(entries, offsets)
