"""How far the log is complete: the tick's time, and how long a lost socket delays it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from contracts.chat_messages import Coverage
from stream_monitoring.timing import COMMIT_SECONDS, DEAF_SECONDS, HOLD_SECONDS

COMMIT_MS = int(COMMIT_SECONDS * 1000)
DEAF_PAUSE_MS = int((HOLD_SECONDS - DEAF_SECONDS) * 1000)  # ticks stand still since the socket's last answer
CLOSED_PAUSE_MS = int(HOLD_SECONDS * 1000)  # ends earlier if the channels are read again
BLIND_PAUSE_MS = 600_000  # while no channel at all is read: a standby may have to be started first


def next_tick(last: int, answered_through: Iterable[int], now: int, lag_ms: int) -> int:
    """Return the next tick, milliseconds of Twitch's clock: never before `last`, never past what a socket answered.

    `answered_through` has one time per open socket; without any, nothing can arrive from before `now`.
    """
    return max(last, min((*answered_through, now)) - lag_ms)


def crosses_second(before: int, tick_at: int) -> bool:
    """Return whether the tick closes a second of event time that the one before it left open."""
    return tick_at // COMMIT_MS > before // COMMIT_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class LostSocket:
    """`answered_through` is on Twitch's clock; `paused_until` and `blind_until` are on the machine's."""

    logins: frozenset[str]
    answered_through: int
    paused_until: int
    blind_until: int
    is_deaf: bool

    def pauses_ticks(self, reading: set[str], now: int) -> bool:
        """Return whether ticks still wait for this socket, given the channels that are read now."""
        if not reading:
            return now < self.blind_until
        return now < self.paused_until and (self.is_deaf or not self.logins <= reading)


class TickPause:
    """After losing a socket, hold the tick for up to 18 s so the standby can take over before a gap is reported."""

    def __init__(self, has_other: bool, emit: Callable[[Coverage], None]) -> None:
        """`has_other`: another instance reads the same channels; without one, ticks never pause."""
        self._has_other = has_other
        self._emit = emit
        self._lost: list[LostSocket] = []
        self._delayed_gaps: list[Coverage] = []

    def socket_lost(self, logins: Iterable[str], answered_through: int, is_deaf: bool, now: int) -> None:
        """Pause for these channels of a socket that closed unexpectedly or was found deaf."""
        if self._has_other and (channels := frozenset(logins)):
            lost = LostSocket(
                logins=channels,
                answered_through=answered_through,
                paused_until=now + (DEAF_PAUSE_MS if is_deaf else CLOSED_PAUSE_MS),
                blind_until=now + BLIND_PAUSE_MS,
                is_deaf=is_deaf,
            )
            self._lost.append(lost)

    @property
    def is_pending(self) -> bool:
        """Whether a lost socket may still pause ticks."""
        return bool(self._lost)

    def answered_through(self, reading: set[str], now: int) -> list[int]:
        """Return the last answers of lost sockets that still pause ticks, given the channels that are read now."""
        self._lost = [each for each in self._lost if each.pauses_ticks(reading, now)]
        if not self._lost:
            self.end()
        return [each.answered_through for each in self._lost]

    def emit(self, record: Coverage) -> None:
        """Emit a coverage record; a gap waits until the pause is over."""
        if self._lost and record.event == "gap":
            self._delayed_gaps.append(record)
        else:
            self._emit(record)

    def end(self) -> None:
        """Let ticks advance and emit the delayed gaps."""
        self._lost = []
        gaps, self._delayed_gaps = self._delayed_gaps, []
        for record in gaps:
            self._emit(record)
