"""Looks at the site's parts every few seconds, and writes what changed, or once a minute that nothing did."""

import threading
import time
from collections.abc import Callable
from math import nan

import structlog

from contracts import metrics
from contracts.uptime import HEARTBEAT_SECONDS, Part, UptimeState
from service_runtime.measures import measure
from watcher.record.facts import Facts, Limits, Said, say
from watcher.record.notes import WaitingNotes
from watcher.record.sources import Sources, UptimeDatabase
from watcher.record.track import Look, Tracks

log = structlog.get_logger()
Clock = Callable[[], float]  # seconds


def looks_of(said: Said, facts: Facts, at: int) -> dict[Part, Look]:
    """Date what was seen (ms since 1970 UTC)."""
    looks = {
        part: Look(UptimeState.UP if seen.is_up else UptimeState.DOWN, at - round(1000 * seen.since_seconds), at)
        for part, seen in said.items()
    }
    if facts.stored is not None and facts.stored.is_worked_on:
        looks[Part.WORK] = Look(UptimeState.PLANNED, at, at)
    return looks


class RecordingLoop:
    """The worker. `now`: seconds since 1970 UTC; `monotonic`: seconds of a clock that is never adjusted."""

    def __init__(
        self,
        *,
        sources: Sources,
        database: UptimeDatabase,
        waiting: WaitingNotes,
        limits: Limits,
        confirm_seconds: float,
        now: Clock = time.time,
        monotonic: Clock = time.monotonic,
    ) -> None:
        self._sources, self._database, self._waiting = sources, database, waiting
        self._limits, self._now, self._monotonic = limits, now, monotonic
        self._tracks = Tracks(confirm_seconds)
        self._due = 0.0  # on the monotonic clock

    def run(self, stop: threading.Event, interval_seconds: float) -> None:
        """Look and write until `stop`; what is known by then is written too."""
        while not stop.is_set():
            self.look()
            stop.wait(interval_seconds)
        self._write()
        self._database.close()

    def look(self) -> None:
        """Look once, and write if something changed or the time has come."""
        facts = self._sources.look()
        said = say(facts, self._limits)
        before = {part: self._tracks.state(part) for part in Part}
        changes = self._tracks.look(looks_of(said, facts, round(1000 * self._now())))
        self._waiting.add(changes.notes)
        self._tell(before, said)
        if changes.has_begun or self._monotonic() >= self._due:
            self._write()

    def _write(self) -> None:
        """Write to Postgres, else to the disk."""
        self._due = self._monotonic() + HEARTBEAT_SECONDS
        notes = self._waiting.all()
        if not notes:
            return
        if self._database.note(notes):
            self._waiting.stored(notes)
        else:
            self._waiting.write()
        measure(metrics.WATCHER_UPTIME_WAITING).set(len(self._waiting))

    def _tell(self, before: dict[Part, UptimeState | None], said: Said) -> None:
        for part in Part:
            state = self._tracks.state(part)
            if state is not before[part]:
                log.info("uptime", part=part.value, state=state.value if state else "unknown")
            if part is not Part.WORK:
                measure(metrics.WATCHER_PART_UP).labels(part=part.value).set(said[part].is_up if part in said else nan)
