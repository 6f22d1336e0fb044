"""Two clocks: Twitch's, which may have an offset, and the simulated world's, which may run faster."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from service_runtime.clock import now_ms

Clock = Callable[[], int]  # milliseconds since 1970 UTC
DAY_MS = 86_400_000


@dataclass
class SimulatedClock:
    """The time that Twitch puts on messages, clips and streams: the machine's plus `offset_ms`."""

    machine: Clock = now_ms
    offset_ms: int = 0

    def now(self) -> int:
        """Return Twitch's time in milliseconds since 1970."""
        return self.machine() + self.offset_ms

    def set_offset(self, offset_ms: int) -> None:
        """Set Twitch's clock ahead of the machine's, or behind it."""
        self.offset_ms = offset_ms


@dataclass(frozen=True)
class WorldClock:
    """The simulated time of day: `scale` days pass per real day, counted from `started_at` (ms)."""

    started_at: int
    scale: float = 1.0

    def world(self, real_at: int) -> int:
        """Convert real time (ms) to simulated time (ms)."""
        return self.started_at + round((real_at - self.started_at) * self.scale)

    def real(self, world_at: int) -> int:
        """Convert simulated time (ms) to real time (ms)."""
        return self.started_at + round((world_at - self.started_at) / self.scale)


def iso(at: int) -> str:
    """Format a time as Helix does: RFC 3339 in UTC with seconds."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at / 1000))
