"""Where a forwarder begins: decided from the last tick in Kafka and from its own spool, and from nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, Coverage, Lifecycle, Tick
from stream_monitoring.spool.batch import DEAD_LETTER_KEY, REMOVED_KEY, TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import marks_of, named

STRAGGLER_MS = 5_000  # what came so late that the other may have had it and not sent it: late, and not lost
SEPARATION_MS = 60_000  # without records between two formats: a minute's people are counted by their hashes
POLLS_MS = 60_000  # every instance asks after streams by itself, each 20 s

decode_lifecycle = msgspec.json.Decoder(Lifecycle).decode


@dataclass(frozen=True, slots=True)
class LastTick:
    """The last tick of a partition, committed."""

    sent_at: int
    spool_id: str
    spool_position: int
    format_version: int = FORMAT_VERSION


class NewerFormatError(Exception):
    """Kafka was last written by a newer version of Stream Scout."""


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
    only there, so from `after` on nothing can be delivered. `skip_until`: what is earlier is left out, so that nobody
    counts twice, by the hash of an older format and by ours.
    """

    position: int
    exact: bool
    after: int = 0
    missing: int = 0
    hole_until: int | None = None
    skip_until: int = 0


def decide(ticks: Iterable[LastTick], spool: OwnSpool) -> Resume:
    """Begin exactly at the end of the last transaction where it was ours, else by event time.

    A transaction ends with the same tick in every partition; a partition may have lost its own to retention,
    so the latest one counts. Raises NewerFormatError.
    """
    last = max(ticks, key=lambda tick: (tick.sent_at, tick.spool_position), default=None)
    if last is None:
        return Resume(spool.first, exact=True)
    if last.format_version > FORMAT_VERSION:
        raise NewerFormatError
    if last.format_version < FORMAT_VERSION:
        return _after_older_format(last, spool)
    if last.spool_id == spool.spool_id and last.spool_position <= spool.end:
        begin = max(last.spool_position, spool.first)
        missing = begin - last.spool_position
        return Resume(begin, True, last.sent_at, missing, spool.first_tick_at if missing else None)
    hole = spool.first_tick_at is None or spool.first_tick_at > last.sent_at
    until = spool.first_tick_at if hole else None
    return Resume(spool.first, exact=False, after=last.sent_at, hole_until=until)


def _after_older_format(last: LastTick, spool: OwnSpool) -> Resume:
    """Begin with a gap."""
    separated = last.sent_at + SEPARATION_MS
    hole_until = max(separated, spool.first_tick_at or 0)
    return Resume(spool.first, exact=False, after=last.sent_at, hole_until=hole_until, skip_until=separated)


@dataclass(slots=True)
class Leftovers:
    """Leaves out of the first frames what Kafka has already from another spool.

    `after` is the last event time that the other told. In frames up to it, only what is later follows; from there
    on everything but the ids in `known`. A gap's record that begins in the other's time is cut to begin after it.
    `is_covered`: this spool has read everything since before `after`, so what it told of its coverage until then
    does not matter; its times may be wrong, Twitch's clock was not learned yet.
    """

    after: int
    known: set[str] = field(default_factory=set)
    until: int = 0  # event time from which on no id can be known
    is_covered: bool = False

    def without_known(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """The same frames with only what follows; each ends with a tick that does not go back."""
        for frame in frames:
            lines = [*self._kept(frame), TICK_KEY, self.raised(frame.tick)]
            yield Frame.of(frame.first, lines, max(frame.tick_at, self.after))

    def raised(self, tick: bytes) -> bytes:
        """The tick, not before the last one in Kafka: ticks never go back."""
        own = msgspec.json.decode(tick, type=Tick)
        return codec.encode(msgspec.structs.replace(own, sent_at=max(own.sent_at, self.after)))

    def _kept(self, frame: Frame) -> Iterator[bytes]:
        lines = frame.lines
        for key, value in zip(lines[0::2], lines[1::2], strict=True):
            if key == DEAD_LETTER_KEY:
                if frame.tick_at > self.after:
                    yield from (key, value)
            elif key not in (TICK_KEY, REMOVED_KEY) and (kept := self._following(frame, value)) is not None:
                yield from (key, kept)

    def _following(self, frame: Frame, value: bytes) -> bytes | None:
        """The record as it follows, None where it does not."""
        marks = marks_of(value)
        if marks.kind == "coverage" and self.is_covered and frame.tick_at <= self.after:
            return None
        if marks.gap_until_at is not None:
            return self._cut(value) if marks.gap_until_at > self.after else None
        if marks.kind == "lifecycle" and 0 <= self.after - marks.sent_at < POLLS_MS:
            return self._told_again(value)
        if marks.sent_at > self.after:
            return value if named(marks, value) not in self.known else None
        is_straggler = marks.has_id and frame.tick_at > self.after - STRAGGLER_MS
        return value if is_straggler and named(marks, value) not in self.known else None

    def _told_again(self, value: bytes) -> bytes:
        """What this instance saw of a stream just before, and the other perhaps not yet; twice does no harm."""
        return codec.encode(msgspec.structs.replace(decode_lifecycle(value), sent_at=self.after + 1))

    def _cut(self, value: bytes) -> bytes:
        gap = msgspec.json.decode(value, type=Coverage)
        begin = max(gap.gap_from_at or 0, self.after + 1)
        return codec.encode(msgspec.structs.replace(gap, sent_at=begin, gap_from_at=begin))
