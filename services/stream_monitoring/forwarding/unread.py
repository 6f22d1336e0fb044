"""Find which lost records a spool cannot send again, so that they are reported as gaps.

Kafka lost the end of some partitions, and this spool sends it again. It lacks part of it if it begins later, is damaged
there, or has lost its own end. If the other instance wrote what was lost, this spool also lacks what this instance did
not read: that was no gap as long as the other one read it, and is one now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from contracts import codec
from contracts.chat_messages import Coverage
from contracts.topics import CHAT_MESSAGES
from stream_monitoring.forwarding.kafka_log import PartitionId
from stream_monitoring.forwarding.key_partition import partition_of_key
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool.batch import LIFECYCLE_CODE
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import read_header

NOT_WATCHED = "not watched"  # the reason of `left` where nothing is missed
LINES = 2  # key and value
AHEAD_MS = 20_000  # a record may be so much newer than the tick after it: ticks pause 18 s at most while chat is read


class Stretch(NamedTuple):
    """A time from which records are missing: event times later than `after`, up to and with `until`."""

    after: int
    until: int

    def within(self, after: int, until: int) -> "Stretch | None":
        """Return the part between these event times, None if there is none."""
        part = Stretch(max(self.after, after), min(self.until, until))
        return part if part.after < part.until else None


@dataclass
class Unread:
    """Give it every frame from which lost records are sent, in order, by `see`; then ask what these frames lack.

    `behind`: the partitions that lost their end, with their last ticks. `latest`: the tick up to which they are
    repaired. `partitions`: how many the chat has.
    """

    behind: Mapping[PartitionId, LastTick]
    latest: LastTick
    spool_id: str
    partitions: int
    _first: Frame | None = None
    _last: Frame | None = None
    _holes: list[Stretch] = field(default_factory=list)
    _away: dict[bytes, Coverage] = field(default_factory=dict)  # by channel: another spool's, not read since then
    _gaps: list[tuple[bytes, Coverage]] = field(default_factory=list)

    def see(self, frame: Frame) -> None:
        """Note what is missing before the frame, and what its instance did not read."""
        if self._last is not None and frame.first != self._last.end:
            self._holes.append(Stretch(self._last.tick_at, frame.tick_at + AHEAD_MS))
        elif self._last is not None and self._is_rewritten(frame):
            self._holes.append(Stretch(self._last.tick_at, self.latest.sent_at + AHEAD_MS))
        self._first, self._last = self._first or frame, frame
        if self.latest.spool_id != self.spool_id:
            self._see_coverage(frame)

    def stretches(self, channel_id: str) -> list[Stretch]:
        """Return the times that the spool lacks, if the channel's partition lost records; else an empty list."""
        tick = self._tick_of(channel_id.encode())
        if tick is None:
            return []
        holes = [*self._before(tick), *self._holes, *self._behind_the_end()]
        end = self.latest.sent_at + AHEAD_MS
        return [part for each in holes if (part := each.within(tick.sent_at, end))]

    @property
    def is_lacking(self) -> bool:
        """Whether records are missing before the end of the frames seen; their gaps must be sent before any tick."""
        return bool(self._holes) or any(tick.sent_at and self._before(tick) for tick in self.behind.values())

    def gaps(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield key and record of what another spool's instance did not read of the lost time."""
        still_away = [(channel, _gap(left, self.latest.sent_at)) for channel, left in self._away.items()]
        for channel, gap in [*self._gaps, *still_away]:
            tick = self._tick_of(channel)
            stretch = Stretch(gap.gap_from_at or 0, gap.gap_until_at or 0)
            if tick and (part := stretch.within(tick.sent_at, self.latest.sent_at)):
                yield LIFECYCLE_CODE + channel, codec.encode(_gap(gap, part.until, max(part.after, tick.sent_at + 1)))

    def _tick_of(self, channel: bytes) -> LastTick | None:
        """Return the last tick of the channel's log; None if it lost nothing, or all: then it is a few seconds old."""
        tick = self.behind.get((CHAT_MESSAGES.name, partition_of_key(channel, self.partitions)))
        return tick if tick and tick.sent_at else None

    def _is_rewritten(self, frame: Frame) -> bool:
        """Return whether the spool lost its end, and the frame stands where others were."""
        is_own = self.latest.spool_id == self.spool_id
        return is_own and frame.tick_at > self.latest.sent_at and frame.first < self.latest.spool_position

    def _before(self, tick: LastTick) -> list[Stretch]:
        """Return what precedes the spool's first frame."""
        first = self._first
        if first is None:
            return [Stretch(tick.sent_at, self.latest.sent_at + AHEAD_MS)]
        is_own = tick.spool_id == self.spool_id
        is_reached = first.first <= tick.spool_position if is_own else first.tick_at <= tick.sent_at
        return [] if is_reached else [Stretch(tick.sent_at, first.tick_at + AHEAD_MS)]

    def _behind_the_end(self) -> list[Stretch]:
        """Return what follows the spool's last frame."""
        last, latest = self._last, self.latest
        if last is None:
            return []
        is_own = latest.spool_id == self.spool_id
        is_whole = last.end >= latest.spool_position if is_own else last.tick_at >= latest.sent_at
        return [] if is_whole else [Stretch(last.tick_at, latest.sent_at + AHEAD_MS)]

    def _see_coverage(self, frame: Frame) -> None:
        lines = frame.lines[:-LINES]  # without the tick
        for key, value in zip(lines[0::2], lines[1::2], strict=True):
            if key.startswith(LIFECYCLE_CODE) and read_header(value).kind == "coverage":
                self._see_change(key.removeprefix(LIFECYCLE_CODE), msgspec.json.decode(value, type=Coverage))

    def _see_change(self, channel: bytes, change: Coverage) -> None:
        self._away.pop(channel, None)
        if change.event == "gap":
            self._gaps.append((channel, change))
        elif change.event == "left" and change.reason != NOT_WATCHED:
            self._away[channel] = change


def _gap(change: Coverage, until: int, after: int | None = None) -> Coverage:
    """Return the change as a gap that lasts until then, from `after` on if that is given."""
    begin = change.sent_at if after is None else after
    return msgspec.structs.replace(change, event="gap", sent_at=begin, gap_from_at=begin, gap_until_at=until)
