"""Lines that were not understood: counted, kept for the operator, reported without what people wrote."""

from collections.abc import Callable
from typing import Protocol

from contracts import metrics
from contracts.dead_letters import SCHEMA_VERSION, DeadLetter
from service_runtime.measures import measure
from stream_monitoring.spool.batch import Batch

PLACE = "irc"
LETTERS_PER_SECOND = 50  # a flood of garbage must not become a flood of records; all of it is counted


class Keeper(Protocol):
    """Keeps raw lines for a while."""

    def keep(self, raw: bytes, reason: str, met_at: int) -> None:
        """Store the line."""


class BadLines:
    """Counts each bad line, keeps it in the quarantine and writes a dead letter without what people wrote."""

    def __init__(self, batch: Batch, quarantine: Keeper, count: Callable[[], None] | None = None) -> None:
        self._batch = batch
        self._quarantine = quarantine
        self._count = count or measure(metrics.DEAD_LETTERS).labels(place=PLACE).inc
        self._second = 0
        self._letters = 0

    def add(self, raw: bytes, reason: str, met_at: int) -> None:
        """Count a line, and keep and report it unless there were too many; `met_at`: milliseconds."""
        self._count()
        if met_at // 1000 != self._second:
            self._second, self._letters = met_at // 1000, 0
        self._letters += 1
        if self._letters > LETTERS_PER_SECOND:
            return
        self._quarantine.keep(raw, reason, met_at)
        payload = f"{len(raw)} bytes"
        self._batch.add_dead_letter(
            DeadLetter(schema_version=SCHEMA_VERSION, place=PLACE, reason=reason, payload=payload, met_at=met_at)
        )
