"""How far the job is behind: the clock against the event time that it reports, as a reader gets it."""

import threading
import time
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer

from contracts import codec, topics


class ProgressWatch:
    """Notes, each time a progress arrives inside the block, how old the one before it had become."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.behind_seconds: list[float] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def _watch(self) -> None:
        reader = Consumer({"bootstrap.servers": self._bootstrap, "group.id": "bench", "auto.offset.reset": "latest"})
        reader.subscribe([topics.JOB_PROGRESS.name])
        known = 0
        while not self._stop.is_set():
            record = reader.poll(0.1)
            if record is None or record.error() or record.value() is None:
                continue
            if known:
                self.behind_seconds.append(time.time() - known / 1000)
            known = codec.decode(topics.JOB_PROGRESS.name, record.value()).event_at
        reader.close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
