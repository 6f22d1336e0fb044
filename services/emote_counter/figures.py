"""Shows what the tallies counted among the process's metrics."""

from collections.abc import Iterable
from dataclasses import asdict

from contracts import metrics
from emote_counts.counting import PartitionCounter
from service_runtime.clock import now_ms
from service_runtime.measures import measure

LIMITS = ("too_many", "odd", "ahead")  # of Counted: what is left out, by why


class Figures:
    """Adds to the counters what the tallies counted since the last call."""

    def __init__(self) -> None:
        self._shown: dict[str, int] = {}
        self._tick_at: int | None = None

    def expose(self) -> None:
        """Show the age of the oldest partition's last tick, as it is when it is asked for."""
        measure(metrics.EMOTE_TICK_AGE).set_function(self.tick_age_seconds)

    def tick_age_seconds(self) -> float:
        """Return how far the counting is behind, 0 before the first tick."""
        return 0.0 if self._tick_at is None else (now_ms() - self._tick_at) / 1000

    def show(self, counters: Iterable[PartitionCounter]) -> None:
        """Show what was counted up to now."""
        found: dict[str, int] = {"read": 0, "open": 0}
        ticks = []
        for counter in counters:
            found["read"] += counter.read
            found["open"] += counter.tally.open_emotes
            for name, number in asdict(counter.tally.counted).items():
                found[name] = found.get(name, 0) + number
            tick_at = counter.tally.position().tick_at
            if tick_at is not None:
                ticks.append(tick_at)
        self._tick_at = min(ticks, default=None)
        measure(metrics.EMOTE_OPEN).set(found.pop("open"))
        self._count(found)

    def _count(self, found: dict[str, int]) -> None:
        more = {name: number - self._shown.get(name, 0) for name, number in found.items()}
        self._shown = found
        measure(metrics.EMOTE_MESSAGES).inc(more["read"])
        measure(metrics.EMOTE_LATE).inc(more.get("late", 0))
        measure(metrics.EMOTE_REPEATED).inc(more.get("repeated", 0))
        for limit in LIMITS:
            measure(metrics.EMOTE_LEFT_OUT).labels(limit=limit).inc(more.get(limit, 0))
