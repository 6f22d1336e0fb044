"""Whose turn it is to forward, decided from the last tick in Kafka and what this instance's own capture covers.

Pure: the clock is passed in. Two instances that see the same ticks never both take over from the last writer.
"""

from dataclasses import dataclass
from typing import Literal

from contracts.chat_messages import FORMAT_VERSION
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.timing import LOOK_SECONDS, STALLED_SECONDS

Role = Literal["holder", "standby"]
Turn = Literal["begin", "continue", "take back", "take over", "go on"]

# Counted between two looks: a longer time means that Kafka or we stalled, not the holder.
MAX_STEP_SECONDS = 2 * LOOK_SECONDS


@dataclass(frozen=True, slots=True)
class LeaseTimeouts:
    """How long ticks must have stalled while Kafka answered, in seconds, and how soon the holder may take back."""

    stalled_seconds: float = STALLED_SECONDS
    go_on_seconds: float = 60.0  # no instance covers the last tick: one goes on with a recorded gap
    take_back_seconds: float = 60.0  # the least time between being fenced and fencing

    @property
    def older_format_seconds(self) -> float:
        """How long to wait after an older version's last tick: twice as long as its instances wait to go on."""
        return 2 * (self.stalled_seconds + self.go_on_seconds)

    @property
    def own_backlog_seconds(self) -> float:
        """How long the last writer, back from an outage, lets an instance that covers the last tick go first."""
        return (self.stalled_seconds + self.go_on_seconds) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseView:
    """What an instance sees at one look. Event times: milliseconds of Twitch's clock.

    `read_since`: its capture reads every channel without a break since then, None if not.
    `own_tick`: the last one in its own spool. `healthy`: its sockets answer now.
    """

    last_tick: LastTick | None
    own_spool_id: str
    read_since: int | None
    own_tick: int
    healthy: bool

    @property
    def is_last_writer(self) -> bool:
        """Whether this instance wrote the last tick."""
        return self.last_tick is not None and self.last_tick.spool_id == self.own_spool_id

    @property
    def covers_last_tick(self) -> bool:
        """Whether everything after the last tick is in its spool."""
        return self.last_tick is not None and self.read_since is not None and self.read_since <= self.last_tick.sent_at

    @property
    def can_continue(self) -> bool:
        """Whether this instance could continue without a gap, and has something new."""
        if self.last_tick is None:
            return False
        return self.covers_last_tick and self.healthy and self.own_tick > self.last_tick.sent_at


class Lease:
    """Decide whose turn it is, from one instance's looks. `now`: seconds of a clock that only goes forward."""

    def __init__(self, role: Role, timeouts: LeaseTimeouts, is_alone: bool) -> None:
        """`is_alone`: no other instance reads the same channels, so there is none to wait for."""
        self._role = role
        self._timeouts = timeouts
        self._is_alone = is_alone
        self._last: tuple[int, str] | None = None  # time and spool of the last tick
        self._looked_at: float | None = None
        self._fenced_at: float | None = None
        self._is_fenced = False
        self._is_new_writer = False  # the last writer has just begun: it reads back before it writes more
        self.stalled_seconds = 0.0

    def fenced(self, now: float) -> None:
        """Note that another instance has begun to write, and give it the time to show its first tick."""
        self._fenced_at, self._is_fenced = now, True
        self.kafka_lost()

    def kafka_lost(self) -> None:
        """Restart the stall timer: when Kafka is back, the holder may continue first."""
        self._looked_at, self.stalled_seconds = None, 0.0

    def look(self, now: float, view: LeaseView, draining: bool = False) -> Turn | None:
        """Return why to begin writing now, None to stand by.

        `draining`: this instance stops, take the lease only to flush the remaining backlog.
        """
        self._observe(now, view)
        if view.last_tick is not None and view.last_tick.format_version != FORMAT_VERSION:
            return None if draining else self._turn_after_other_format(view.last_tick)
        may_continue = view.is_last_writer and not self._is_fenced
        if may_continue and (view.covers_last_tick or self._is_alone or draining):
            return "continue"
        if draining:
            return None
        if may_continue and self.stalled_seconds >= self._timeouts.own_backlog_seconds:
            return "continue"  # killed with a backlog: flush it, then record the gap of its absence
        return self._turn_of_holder(now, view) if self._role == "holder" else self._turn_of_standby(view)

    def _observe(self, now: float, view: LeaseView) -> None:
        last = (view.last_tick.sent_at, view.last_tick.spool_id) if view.last_tick else None
        if self._looked_at is None or last != self._last:
            self.stalled_seconds = 0.0
        else:
            self.stalled_seconds += min(now - self._looked_at, MAX_STEP_SECONDS)
        if last and self._last and last != self._last:
            self._is_new_writer = last[1] != self._last[1]
        self._last, self._looked_at = last, now
        if not view.is_last_writer:
            self._is_fenced = False  # the instance that fenced us has written: a later tick of ours counts again

    @property
    def older_format_seconds(self) -> float:
        """How long the last tick of an older version must stall."""
        if self._is_alone:
            return 0.0
        timeouts = self._timeouts
        return timeouts.older_format_seconds + (timeouts.stalled_seconds if self._role == "standby" else 0.0)

    def _turn_after_other_format(self, last_tick: LastTick) -> Turn | None:
        """Never write beside a newer version, and after an older one only once it cannot be running any more."""
        if last_tick.format_version > FORMAT_VERSION:
            return None
        return "go on" if self.stalled_seconds >= self.older_format_seconds else None

    @property
    def _is_stalled(self) -> bool:
        """Whether the last writer is gone or cut off.

        A new writer gets longer: it first reads back what Kafka has. Otherwise two instances with much to read back
        would fence each other in turns, and neither would write.
        """
        timeouts = self._timeouts
        return self.stalled_seconds >= (timeouts.go_on_seconds if self._is_new_writer else timeouts.stalled_seconds)

    def _turn_of_holder(self, now: float, view: LeaseView) -> Turn | None:
        stalled = self._is_stalled
        waited = self._fenced_at is None or now - self._fenced_at >= self._timeouts.take_back_seconds
        if view.last_tick is None:
            return "begin"
        if view.can_continue and (waited or stalled) and (stalled or not self._is_fenced):
            return "take back"
        return "go on" if self.stalled_seconds >= self._timeouts.go_on_seconds else None

    def _turn_of_standby(self, view: LeaseView) -> Turn | None:
        """Decide as the holder does, but `stalled_seconds` later."""
        if view.can_continue and self._is_stalled:
            return "take over"
        longest = self._timeouts.go_on_seconds + self._timeouts.stalled_seconds
        return "go on" if self.stalled_seconds >= longest else None
