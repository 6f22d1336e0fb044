"""Writes a position once its minutes are in Kafka for good: acknowledged, and synced since then."""

import time
from collections.abc import Callable, Mapping

import structlog
from msgspec.structs import replace

from contracts.topics import FLUSH_MS
from emote_counter.state_file import KeptState, StateFile, with_newer
from emote_counts.position import Position

log = structlog.get_logger()
SETTLING_SECONDS = 2 * FLUSH_MS / 1000  # Kafka syncs emote-counts within FLUSH_MS; doubled to be safe


class PositionKeeper:
    """Holds one set of positions until it may be used, writes it, and takes the next.

    `acknowledged()`: the number of the last minute up to which Kafka has them all. `clock`: seconds that only grow.
    """

    def __init__(
        self,
        file: StateFile,
        state: KeptState,
        acknowledged: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file, self._state, self._acknowledged, self._clock = file, state, acknowledged, clock
        self._pending: dict[int, Position] = {}
        self._last_minute = 0
        self._acknowledged_at: float | None = None

    @property
    def is_free(self) -> bool:
        """Return whether the next positions can be taken."""
        return not self._pending

    def take(self, positions: Mapping[int, Position], last_minute: int) -> None:
        """Take positions by partition; `last_minute`: the number of the last minute that was sent before them."""
        self._pending = {number: each for number, each in positions.items() if each.tick_offset is not None}
        self._last_minute, self._acknowledged_at = last_minute, None

    def settle(self, channels: Mapping[str, int]) -> bool:
        """Write what was taken if its time has come, with the channels that chat named; return whether it was.

        A disk that refuses is logged; a restart then repeats more.
        """
        if not self._pending or self._acknowledged() < self._last_minute:
            return False
        if self._acknowledged_at is None:
            self._acknowledged_at = self._clock()
        if self._clock() - self._acknowledged_at < SETTLING_SECONDS:
            return False
        newer = {
            number: with_newer(self._state.positions.get(number, ()), each) for number, each in self._pending.items()
        }
        self._state = replace(self._state, channels=dict(channels), positions=self._state.positions | newer)
        self._pending = {}
        try:
            self._file.write(self._state)
        except OSError as error:
            log.error("the position in the chat cannot be written; a restart repeats more", reason=str(error))
        return True
