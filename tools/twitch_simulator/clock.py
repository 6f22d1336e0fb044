"""Two clocks: Twitch's, which may be off by an offset, and the simulated world's, which may run faster."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from service_runtime.clock import now_ms

Clock = Callable[[], int]  # milliseconds since 1970 UTC
DAY_MS = 86_400_000


@dataclass
class TwitchClock:
    """The time that Twitch writes on messages, clips and streams: the machine's plus `offset_ms`."""

    machine: Clock = now_ms
    offset_ms: int = 0

    def now(self) -> int:
        """Twitch's time in milliseconds since 1970."""
        return self.machine() + self.offset_ms


@dataclass(frozen=True)
class WorldClock:
    """The world's time of day: `scale` days pass in each real day, counted from `started_at` (ms)."""

    started_at: int
    scale: float = 1.0

    def world(self, real_at: int) -> int:
        """World time (ms) at a real time (ms)."""
        return self.started_at + round((real_at - self.started_at) * self.scale)

    def real(self, world_at: int) -> int:
        """Real time (ms) at a world time (ms)."""
        return self.started_at + round((world_at - self.started_at) / self.scale)


def iso(at: int) -> str:
    """RFC 3339 in UTC with seconds, as Helix writes times."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at / 1000))
