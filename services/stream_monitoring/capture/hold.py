"""Ticks stand still a while after a socket was lost, so that another instance can take over before a gap is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from contracts.chat_messages import Coverage

DEAF_HOLD_MS = 8_000  # after the 10 s in which a deaf socket did not answer: time for the other's look and take-over
LOST_HOLD_MS = 18_000  # as long as both together, for a socket that was closed; less where it is read again
BLIND_HOLD_MS = 600_000  # while nothing at all is read: another instance may have to start first


@dataclass(frozen=True, slots=True)
class Lost:
    """A socket's channels, how far it had answered (Twitch's clock), and when its hold ends (the machine's clock)."""

    logins: frozenset[str]
    through: int
    until: int
    blind_until: int
    is_deaf: bool

    def counts(self, read: set[str], now: int) -> bool:
        """Whether it still holds the ticks; `read`: the channels that are read now."""
        if not read:
            return now < self.blind_until
        return now < self.until and (self.is_deaf or not self.logins <= read)


class Hold:
    """What lost sockets had answered, while it still counts. `is_on`: there is another instance.

    Gaps are told when the hold is over: where the other has taken over by then, there is none.
    """

    def __init__(self, is_on: bool, emit: Callable[[Coverage], None]) -> None:
        self._is_on = is_on
        self._emit = emit
        self._lost: list[Lost] = []
        self._untold: list[Coverage] = []

    def lost(self, logins: Iterable[str], through: int, is_deaf: bool, now: int) -> None:
        """A socket that read these channels is gone, unasked. A deaf one was silent for a while already."""
        if self._is_on and (channels := frozenset(logins)):
            until = now + (DEAF_HOLD_MS if is_deaf else LOST_HOLD_MS)
            self._lost.append(Lost(channels, through, until, now + BLIND_HOLD_MS, is_deaf))

    def through(self, read: set[str], now: int) -> list[int]:
        """What counts as answered beside the open sockets; `read`: the channels that are read now."""
        self._lost = [each for each in self._lost if each.counts(read, now)]
        if not self._lost:
            self.end()
        return [each.through for each in self._lost]

    def tell(self, record: Coverage) -> None:
        """A record of the coverage, at once or when the hold is over."""
        if self._lost and record.event == "gap":
            self._untold.append(record)
        else:
            self._emit(record)

    def end(self) -> None:
        """Hold nothing any more."""
        self._lost = []
        untold, self._untold = self._untold, []
        for record in untold:
            self._emit(record)
