"""Where a forwarder begins: decided from the last tick in Kafka and from its own spool, and from nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from contracts import codec
from contracts.chat_messages import Tick
from stream_monitoring.batch import DEAD_LETTER_KEY, LIFECYCLE_CODE, TICK_KEY
from stream_monitoring.event_times import id_of, sent_at_of
from stream_monitoring.frame import Frame


@dataclass(frozen=True, slots=True)
class LastTick:
    """The last tick of a partition, committed."""

    sent_at: int
    spool_id: str
    spool_position: int


@dataclass(frozen=True, slots=True)
class OwnSpool:
    """What the decision needs to know of the spool. `first_tick_at`: of its oldest frame, None where it is empty."""

    spool_id: str
    first: int
    end: int
    first_tick_at: int | None


@dataclass(frozen=True, slots=True)
class Resume:
    """`position`: where to begin in the own spool. `exact`: everything from there follows, nothing is there already.

    Otherwise `after` is the event time of the last tick: only what is later is sent, without the ids in `known`.
    `missing`: records that were deleted from the spool before they were forwarded. `hole_until`: the spool begins
    only there, so from `after` on nothing can be delivered.
    """

    position: int
    exact: bool
    after: int = 0
    missing: int = 0
    hole_until: int | None = None


def decide(ticks: Iterable[LastTick], spool: OwnSpool) -> Resume:
    """Begin exactly at the end of the last transaction where it was ours, else by event time.

    A transaction ends with the same tick in every partition; a partition may have lost its own to retention,
    so the latest one counts.
    """
    last = max(ticks, key=lambda tick: (tick.sent_at, tick.spool_position), default=None)
    if last is None:
        return Resume(spool.first, exact=True)
    if last.spool_id == spool.spool_id and last.spool_position <= spool.end:
        begin = max(last.spool_position, spool.first)
        missing = begin - last.spool_position
        return Resume(begin, True, last.sent_at, missing, spool.first_tick_at if missing else None)
    hole = spool.first_tick_at is None or spool.first_tick_at > last.sent_at
    until = spool.first_tick_at if hole else None
    return Resume(spool.first, exact=False, after=last.sent_at, hole_until=until)


@dataclass(slots=True)
class Leftovers:
    """Leaves out of the first frames what Kafka has already from another spool.

    `after` is 0 where the position is exact: then only the ids count.
    """

    after: int
    known: set[str] = field(default_factory=set)
    until: int = 0  # event time from which on no id can be known

    def without_known(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """The same frames with only later records and later ticks; a frame whose tick is not later ends with none."""
        for frame in frames:
            yield Frame(frame.first, list(self._kept(frame)), frame.tick_at, frame.size)

    def raised(self, tick: bytes) -> bytes:
        """The tick, not before the last one in Kafka: ticks never go back."""
        own = msgspec.json.decode(tick, type=Tick)
        return codec.encode(msgspec.structs.replace(own, sent_at=max(own.sent_at, self.after)))

    def _kept(self, frame: Frame) -> Iterator[bytes]:
        for key, value in zip(frame.lines[0::2], frame.lines[1::2], strict=True):
            if key in (TICK_KEY, DEAD_LETTER_KEY):
                if frame.tick_at > self.after:
                    yield from (key, value)
            elif self._follows(frame, key, value):
                yield from (key, value)

    def _follows(self, frame: Frame, key: bytes, value: bytes) -> bool:
        is_news = key.startswith(LIFECYCLE_CODE) and frame.tick_at > self.after  # a gap's end is told after its time
        return (is_news or sent_at_of(value) > self.after) and id_of(value) not in self.known
