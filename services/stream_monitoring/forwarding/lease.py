"""Whose turn it is to forward: decided from the last tick in Kafka and from what this instance's own capture covers.

Pure: the clock is passed in. Two instances that see the same ticks never both take what the other wrote last.
"""

from dataclasses import dataclass
from typing import Literal

from contracts.chat_messages import FORMAT_VERSION
from stream_monitoring.forwarding.resume import LastTick

Role = Literal["holder", "standby"]
Turn = Literal["begin", "continue", "take back", "take over", "go on"]

COUNTED_SECONDS = 2.0  # of the time between two looks: when Kafka or we stood still, the holder did not


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds of standing still that were observed while Kafka answered."""

    stalled_seconds: float = 10.0  # event time stands still for so long: the holder is gone or deaf
    go_on_seconds: float = 60.0  # nobody covers the last tick for so long: somebody goes on with a recorded gap
    take_back_seconds: float = 60.0  # the least time between being fenced and fencing

    @property
    def older_format_seconds(self) -> float:
        """How long an older version's last tick stands: any instance of it would have gone on in half of that."""
        return 2 * (self.stalled_seconds + self.go_on_seconds)

    @property
    def own_rest_seconds(self) -> float:
        """Who wrote last, but was away, goes on with its rest: after any other that has it, before one that has not."""
        return (self.stalled_seconds + self.go_on_seconds) / 2


@dataclass(frozen=True, slots=True)
class Sight:
    """What an instance sees at one look. Event times: milliseconds of Twitch's clock.

    `read_since`: its capture reads everything without a break since then; None: it does not read everything.
    `own_tick`: the last one in its own spool. `healthy`: its sockets answer now.
    """

    last: LastTick | None
    own_spool_id: str
    read_since: int | None
    own_tick: int
    healthy: bool

    @property
    def is_mine(self) -> bool:
        """Whether this instance wrote last."""
        return self.last is not None and self.last.spool_id == self.own_spool_id

    @property
    def covers(self) -> bool:
        """Whether everything after the last tick is in the own spool."""
        return self.last is not None and self.read_since is not None and self.read_since <= self.last.sent_at

    @property
    def is_ready(self) -> bool:
        """Whether it could go on without a gap, and has news."""
        return self.covers and self.healthy and self.last is not None and self.own_tick > self.last.sent_at


class Lease:
    """One instance's view of whose turn it is. `now`: seconds of a clock that only goes forward."""

    def __init__(self, role: Role, patience: Patience, is_alone: bool) -> None:
        """`is_alone`: no other instance reads the same channels, so there is nobody to wait for."""
        self._role = role
        self._patience = patience
        self._is_alone = is_alone
        self._seen: tuple[int, str] | None = None
        self._looked_at: float | None = None
        self._fenced_at: float | None = None
        self._is_fenced = False
        self._is_beginning = False  # another instance has said its first word, and reads back before it says more
        self.stalled_seconds = 0.0

    def fenced(self, now: float) -> None:
        """Another instance has begun to write: it gets the time to show its first tick."""
        self._fenced_at, self._is_fenced = now, True
        self.lost_sight()

    def lost_sight(self) -> None:
        """Kafka did not answer: when it is back, whoever held may go on first."""
        self._looked_at, self.stalled_seconds = None, 0.0

    def look(self, now: float, sight: Sight, is_ending: bool = False) -> Turn | None:
        """Whether to begin to write now, and why; None: stand by. `is_ending`: only to deliver the own rest."""
        self._observe(now, sight)
        if sight.last is not None and sight.last.format_version != FORMAT_VERSION:
            return None if is_ending else self._turn_after_other_format(sight.last)
        if sight.is_mine and not self._is_fenced and (sight.covers or self._is_alone or is_ending):
            return "continue"
        if is_ending:
            return None
        if sight.is_mine and not self._is_fenced and self.stalled_seconds >= self._patience.own_rest_seconds:
            return "continue"  # killed in a drain: the rest of it, then the gap of our own absence
        return self._turn_of_holder(now, sight) if self._role == "holder" else self._turn_of_standby(sight)

    def _observe(self, now: float, sight: Sight) -> None:
        seen = (sight.last.sent_at, sight.last.spool_id) if sight.last else None
        if self._looked_at is None or seen != self._seen:
            self.stalled_seconds = 0.0
        else:
            self.stalled_seconds += min(now - self._looked_at, COUNTED_SECONDS)
        if seen and self._seen and seen != self._seen:
            self._is_beginning = seen[1] != self._seen[1]
        self._seen, self._looked_at = seen, now
        if not sight.is_mine:
            self._is_fenced = False  # the one that fenced us has written: what is ours from now on is ours again

    @property
    def older_format_seconds(self) -> float:
        """How long the last tick of an older version has to stand still."""
        if self._is_alone:
            return 0.0
        patience = self._patience
        return patience.older_format_seconds + (patience.stalled_seconds if self._role == "standby" else 0.0)

    def _turn_after_other_format(self, last: LastTick) -> Turn | None:
        """Never beside a newer version, and after an older one only once it is certain that no instance of it runs."""
        if last.format_version > FORMAT_VERSION:
            return None
        return "go on" if self.stalled_seconds >= self.older_format_seconds else None

    @property
    def _is_stalled(self) -> bool:
        """Whether the one that writes is gone or deaf. One that has just begun may read back for long.

        Without that, two instances with much to read back fence each other in turns, and neither gets to write.
        """
        patience = self._patience
        return self.stalled_seconds >= (patience.go_on_seconds if self._is_beginning else patience.stalled_seconds)

    def _turn_of_holder(self, now: float, sight: Sight) -> Turn | None:
        stalled = self._is_stalled
        rested = self._fenced_at is None or now - self._fenced_at >= self._patience.take_back_seconds
        if sight.last is None:
            return "begin"
        if sight.is_ready and (rested or stalled) and (stalled or not self._is_fenced):
            return "take back"
        return "go on" if self.stalled_seconds >= self._patience.go_on_seconds else None

    def _turn_of_standby(self, sight: Sight) -> Turn | None:
        """After the holder in everything: it gets `stalled_seconds` more."""
        if sight.is_ready and self._is_stalled:
            return "take over"
        longest = self._patience.go_on_seconds + self._patience.stalled_seconds
        return "go on" if self.stalled_seconds >= longest else None
