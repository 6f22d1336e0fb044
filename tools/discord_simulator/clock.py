"""Discord's clock, which may have an offset from the machine's, and its ids, which hold their time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from service_runtime.clock import now_ms

Clock = Callable[[], int]  # milliseconds since 1970 UTC
EPOCH_MS: Final = 1_420_070_400_000  # 2015-01-01, from which Discord's ids count
IDS_PER_MS: Final = 1 << 22


@dataclass
class SimulatedClock:
    """The time that Discord puts into ids and messages: the machine's plus `offset_ms`."""

    machine: Clock = now_ms
    offset_ms: int = 0

    def now(self) -> int:
        """Return Discord's time in milliseconds since 1970."""
        return self.machine() + self.offset_ms

    def set_offset(self, offset_ms: int) -> None:
        """Set Discord's clock ahead of the machine's, or behind it."""
        self.offset_ms = offset_ms


class Snowflakes:
    """Gives ids that grow with time, each once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def following(self) -> int:
        """Return the next id."""
        self._last = max(self._last + 1, snowflake(self._clock()))
        return self._last


def snowflake(at: int) -> int:
    """Return the smallest id of a time (ms since 1970)."""
    return (at - EPOCH_MS) * IDS_PER_MS


def created_at(snowflake_id: int) -> int:
    """Return the time of an id in milliseconds since 1970."""
    return snowflake_id // IDS_PER_MS + EPOCH_MS


def iso(at: int) -> str:
    """Format a time (ms since 1970) as Discord does."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
