"""Checks chat-messages against the contract: the detector silently skips what does not fit."""

import threading
from collections.abc import Callable

import structlog

from contracts import codec, metrics, topics
from contracts.codec import ContractError
from recorder.consumer import RecordReader
from recorder.rows import dead_letters
from recorder.rows.record import Record
from recorder.rows.row import Entry
from recorder.store import Store
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

log = structlog.get_logger()
TOPIC = topics.CHAT_MESSAGES.name
BATCH_RECORDS = 5000
POLL_SECONDS = GATHER_SECONDS = 0.5  # nobody waits for a dead letter; few large batches are cheap
RETRY_SECONDS = 2.0
FLOOD_LIMIT = 100  # dead letters written a batch; all are counted, so many have one reason
READER_SETTINGS = {"auto.offset.reset": "latest", "fetch.min.bytes": 65_536, "fetch.wait.max.ms": 500}


def inspect(records: list[Record], now: int) -> list[Entry]:
    """Return the dead letters among `records`; `now` in milliseconds since 1970 UTC."""
    bad = []
    for record in records:
        try:
            codec.decode(TOPIC, record.payload)
        except ContractError as error:
            bad.append(dead_letters.refused(record, str(error), now))
    return bad


class ChatInspector:
    """Inspects what `reader` reads and writes what is wrong into `store`."""

    def __init__(self, reader: RecordReader, store: Store, now: Callable[[], int]) -> None:
        self._reader, self._store, self._now = reader, store, now

    def run(self, stop: threading.Event) -> None:
        """Inspect until `stop`."""
        try:
            while not stop.is_set():
                if not self._inspect_some(stop):
                    return  # Kafka still has the records
            self._reader.commit((), wait=True)
        finally:
            self._reader.close()
            self._store.close()

    def _inspect_some(self, stop: threading.Event) -> bool:
        records = self._reader.read(BATCH_RECORDS, POLL_SECONDS, GATHER_SECONDS)
        bad = inspect(records, self._now())
        measure(metrics.RECORDER_INSPECTED).inc(len(records))
        if bad:
            measure(metrics.DEAD_LETTERS).labels(place=TOPIC).inc(len(bad))
            log.warning("chat records do not fit the contract", records=len(bad))
            if not self._write(bad[:FLOOD_LIMIT], stop):
                return False
        self._reader.commit(records)
        return True

    def _write(self, bad: list[Entry], stop: threading.Event) -> bool:
        while True:
            try:
                self._store.write(bad)
                return True
            except PostgresAwayError:
                if stop.is_set():
                    return False
            self._reader.keep_alive(RETRY_SECONDS)
            self._reader.go_on()
