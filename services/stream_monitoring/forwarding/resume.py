"""Where a forwarder resumes, decided from the last tick in Kafka and its own spool alone, and what it then skips."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, Coverage, Lifecycle, Tick
from stream_monitoring.spool.batch import DEAD_LETTER_KEY, REMOVED_KEY, TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import read_header, record_id

STRAGGLER_MS = 5_000  # a record this late may have reached the last holder too late to be sent: send it, though late
SEPARATION_MS = 60_000  # without records between two formats: chatters of a minute are counted by their hashes
POLLS_MS = 60_000  # every instance polls the streams by itself, each 20 s

decode_lifecycle = msgspec.json.Decoder(Lifecycle).decode


@dataclass(frozen=True, slots=True)
class LastTick:
    """The last committed tick of a partition."""

    sent_at: int
    spool_id: str
    spool_position: int
    format_version: int = FORMAT_VERSION


class NewerFormatError(Exception):
    """Kafka was last written by a newer version of Stream Scout."""


@dataclass(frozen=True, slots=True)
class SpoolRange:
    """What the decision needs of this instance's spool. `first_tick_at`: of its oldest frame, None if it is empty."""

    spool_id: str
    first: int
    end: int
    first_tick_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumePoint:
    """`position`: where to resume in the spool. `exact`: everything from there follows, nothing is in Kafka yet.

    Otherwise `after` is the event time of the last tick: only later records are sent, unless their ids are in Kafka.
    `missing`: records that were deleted from the spool before they were forwarded. `gap_until`: every channel gets a
    gap from `after` up to there, because the spool begins later than the last tick or because that tick has an older
    format.
    """

    position: int
    exact: bool
    after: int = 0
    missing: int = 0
    gap_until: int | None = None


def find_resume_point(ticks: Iterable[LastTick], spool: SpoolRange) -> ResumePoint:
    """Resume exactly at the end of the last transaction if it was ours, else by event time.

    A transaction ends with the same tick in every partition; a partition may have lost its own to retention,
    so the latest one counts. Raises NewerFormatError.
    """
    last = max(ticks, key=lambda tick: (tick.sent_at, tick.spool_position), default=None)
    if last is None:
        return ResumePoint(position=spool.first, exact=True)
    if last.format_version > FORMAT_VERSION:
        raise NewerFormatError
    if last.format_version < FORMAT_VERSION:
        return _after_older_format(last, spool)
    if last.spool_id == spool.spool_id and last.spool_position <= spool.end:
        position = max(last.spool_position, spool.first)
        missing = position - last.spool_position
        gap_until = spool.first_tick_at if missing else None
        return ResumePoint(position=position, exact=True, after=last.sent_at, missing=missing, gap_until=gap_until)
    begins_later = spool.first_tick_at is None or spool.first_tick_at > last.sent_at
    gap_until = spool.first_tick_at if begins_later else None
    return ResumePoint(position=spool.first, exact=False, after=last.sent_at, gap_until=gap_until)


def separated_at(last: LastTick) -> int:
    """Return the event time from which on records may follow an older format's last tick.

    No chatter counts twice in a minute or a moment then, by the older format's hash and by ours.
    """
    return last.sent_at + SEPARATION_MS


def _after_older_format(last: LastTick, spool: SpoolRange) -> ResumePoint:
    """Begin with a gap."""
    gap_until = max(separated_at(last), spool.first_tick_at or 0)
    return ResumePoint(position=spool.first, exact=False, after=last.sent_at, gap_until=gap_until)


@dataclass(slots=True)
class TakeoverFilter:
    """Drop from this spool's frames what another holder has written up to `after`.

    `known`: the ids that are in Kafka and may come again. `until`: event time after which none can.
    `is_covered`: this spool has read everything since before `after`, so its coverage records up to there
    are dropped; their times may be wrong, as Twitch's clock was not learned yet. `separated`: messages and notices up
    to there are dropped, see `separated_at`.
    """

    after: int
    known: set[str] = field(default_factory=set)
    until: int = 0
    is_covered: bool = False
    separated: int | None = None

    def frames(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield the same frames without what is in Kafka; each ends with a tick that does not go back."""
        for frame in frames:
            lines = [*self._kept(frame), TICK_KEY, self.tick(frame.tick)]
            yield Frame.of(frame.first, lines, max(frame.tick_at, self.after))

    def tick(self, tick: bytes) -> bytes:
        """Return the tick, moved to the last one in Kafka if it is before it: ticks never go back."""
        own = msgspec.json.decode(tick, type=Tick)
        return codec.encode(msgspec.structs.replace(own, sent_at=max(own.sent_at, self.after)))

    def _kept(self, frame: Frame) -> Iterator[bytes]:
        lines = frame.lines
        for key, value in zip(lines[0::2], lines[1::2], strict=True):
            if key == DEAD_LETTER_KEY:
                if frame.tick_at > self.after:
                    yield from (key, value)
            elif key not in (TICK_KEY, REMOVED_KEY) and (kept := self._record(frame, value)) is not None:
                yield from (key, kept)

    def _record(self, frame: Frame, value: bytes) -> bytes | None:
        """Return the record as it is sent, None to drop it."""
        header = read_header(value)
        if header.kind == "coverage" and self.is_covered and frame.tick_at <= self.after:
            return None
        if header.gap_until_at is not None:
            return self._shortened(value) if header.gap_until_at > self.after else None
        if header.kind == "lifecycle" and 0 <= self.after - header.sent_at < POLLS_MS:
            return self._repeated(value)
        if self.separated is not None and header.has_id and header.sent_at <= self.separated:
            return None
        if header.sent_at > self.after:
            return value if record_id(header, value) not in self.known else None
        is_straggler = header.has_id and frame.tick_at > self.after - STRAGGLER_MS
        return value if is_straggler and record_id(header, value) not in self.known else None

    def _repeated(self, value: bytes) -> bytes:
        """Date a stream's record after the last tick: the last holder may have ended before it polled the same."""
        return codec.encode(msgspec.structs.replace(decode_lifecycle(value), sent_at=self.after + 1))

    def _shortened(self, value: bytes) -> bytes:
        """Return the part of a gap that is later than the last tick."""
        gap = msgspec.json.decode(value, type=Coverage)
        begin = max(gap.gap_from_at or 0, self.after + 1)
        return codec.encode(msgspec.structs.replace(gap, sent_at=max(gap.sent_at, begin), gap_from_at=begin))
