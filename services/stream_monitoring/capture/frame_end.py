"""Decide when a frame ends: once its tick completes a second of event time, or its records wait unsynced too long."""

from dataclasses import dataclass

from stream_monitoring.capture.ticks import crosses_second
from stream_monitoring.timing import COMMIT_SECONDS, LONGEST_WAIT_SECONDS

FRAME_SECONDS = 0.45
UNSYNCED_SECONDS = 0.5  # what is not synced by then may be lost in a power cut: no frame waits longer for its tick
LOOK_SECONDS = 0.2  # longest time between two looks at the open frame
OVERDUE_SECONDS = 0.02  # between two looks at a tick that waits for a socket's answer
HELD_SECONDS = 1.0  # overdue for so long: something holds the tick, as a lost socket does
ASK_SECONDS = 0.05  # overdue for so long: a socket with 20 messages a second has answered by one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFrame:
    """The frame that would end now. `crosses_in_seconds`: when Twitch's clock lets the tick cross a second.

    `is_spare`: another instance forwards the same records now, this one keeps them in case.
    """

    last_tick: int
    tick_at: int
    age_seconds: float
    crosses_in_seconds: float
    is_empty: bool
    is_spare: bool

    @property
    def is_due(self) -> bool:
        """Whether to write and sync it."""
        return crosses_second(self.last_tick, self.tick_at) or self.age_seconds >= self._longest_seconds

    @property
    def _longest_seconds(self) -> float:
        if self.is_empty or self.is_spare:
            return LONGEST_WAIT_SECONDS  # an empty one is committed too: a holder that was fenced learns it by that
        is_near = -HELD_SECONDS < self.crosses_in_seconds <= UNSYNCED_SECONDS - FRAME_SECONDS
        return UNSYNCED_SECONDS if is_near else FRAME_SECONDS


def crosses_in_seconds(last_tick: int, twitch_now: int, lag_ms: int) -> float:
    """Return when Twitch's clock lets a tick cross the next second, negative if it does already."""
    period_ms = int(COMMIT_SECONDS * 1000)
    return ((last_tick // period_ms + 1) * period_ms + lag_ms - twitch_now) / 1000


def seconds_to_look(age_seconds: float, crosses_in: float) -> float:
    """Return how long to wait before the next look at the open frame."""
    if -HELD_SECONDS < crosses_in <= 0:
        return OVERDUE_SECONDS
    until_full = FRAME_SECONDS - age_seconds if age_seconds < FRAME_SECONDS else FRAME_SECONDS
    return min(until_full, LOOK_SECONDS, crosses_in if crosses_in > 0 else LOOK_SECONDS)
