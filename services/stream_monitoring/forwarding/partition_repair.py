"""Send again what some partitions lost in an unclean broker shutdown or a power cut.

Every transaction ends with the same tick in every partition, so a partition's last tick says up to where it is whole.
If the last ticks differ, some partitions lost their end: the broker was killed before its commit markers were
everywhere, or the power failed before what was committed was on the disk. The records are still in the spool; what it
lacks of that time is told as a gap. Dead letters have no tick: those that are lost stay lost.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

import structlog

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, SCHEMA_VERSION, Tick
from contracts.topics import CHAT_MESSAGES
from service_runtime.clock import now_ms
from stream_monitoring.capture.continuity import Continuity, Lacking
from stream_monitoring.forwarding.commit_time import MOST_RECORDS
from stream_monitoring.forwarding.kafka_log import REACH_MS, TICKED, KafkaLog, PartitionId
from stream_monitoring.forwarding.key_partition import partition_of_key
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.forwarding.unread import Unread
from stream_monitoring.spool.batch import Destination, destinations
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import read_header, record_id
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()
# A power cut loses at most what is committed in 10 s (topics.FLUSH_MS, the flusher's second, a slow disk's flush):
# 50,000 records live at 5,000 a second, 1.5 million in a drain. A partition further behind is not explained by that.
MAX_RECORDS = 2_000_000  # between the ticks, in this instance's spool
MAX_MS = 3 * 3_600_000  # between the ticks, if another spool wrote; 10 s of a drain may be hours of a quiet evening


@dataclass(frozen=True)
class Divergence:
    """`behind`: the partitions that do not end with the latest tick, each with its own last one."""

    behind: Mapping[PartitionId, LastTick]
    latest: LastTick

    @cached_property
    def earliest(self) -> LastTick:
        """The last tick of the partition that is furthest behind."""
        return min(self.behind.values(), key=_order)


@dataclass(frozen=True, slots=True)
class Resend:
    """One transaction: lost records, and a tick for the partitions that are whole up to its position with them."""

    records: list[tuple[Destination, bytes]]
    tick: bytes
    partitions: list[PartitionId]


@dataclass(frozen=True, slots=True)
class Repair:
    """The transactions after which `partitions` have all that precedes `last_tick`."""

    resends: Iterable[Resend]
    partitions: list[PartitionId]
    last_tick: LastTick


def find_divergence(ticks: Mapping[PartitionId, LastTick], partitions: Iterable[PartitionId]) -> Divergence | None:
    """Return None if all partitions end with the same tick, or none has any. `partitions`: those that should have one.

    A partition that lost everything has no tick, and counts as one with a tick before all others.
    """
    if not ticks:
        return None
    latest = max(ticks.values(), key=_order)
    nothing = LastTick(0, latest.spool_id, 0)
    behind = {each: ticks.get(each, nothing) for each in sorted(partitions) if ticks.get(each) != latest}
    return Divergence(behind, latest) if behind else None


def _order(tick: LastTick) -> tuple[int, int]:
    return tick.sent_at, tick.spool_position


def is_too_far(between: Divergence, spool_id: str) -> bool:
    """Return whether a partition is further behind than a power cut explains, as after an old backup."""
    earliest, latest = between.earliest, between.latest
    if not earliest.sent_at:
        return False  # everything was lost: the topic is a few seconds old
    if earliest.spool_id == latest.spool_id == spool_id:
        return latest.spool_position - earliest.spool_position > MAX_RECORDS
    return latest.sent_at - earliest.sent_at > MAX_MS


@dataclass(frozen=True)
class LostRecords:
    """Finds in the frames of a spool what the partitions behind lack.

    `known`: ids near and after each partition's last tick. `partitions`: how many a topic has.
    """

    between: Divergence
    spool_id: str
    known: Mapping[PartitionId, set[str]]
    partitions: Mapping[str, int]

    def of(self, frame: Frame) -> Iterator[tuple[Destination, bytes]]:
        """Yield the frame's records, each for the topics that lack it."""
        lines = frame.lines
        for key, value in zip(lines[0:-2:2], lines[1:-2:2], strict=True):
            for to in destinations(key):
                if self._is_lost(frame, to, value):
                    yield to, value

    def is_past(self, frame: Frame) -> bool:
        """Return whether the frame was never in Kafka."""
        return self.is_own and frame.first >= self.between.latest.spool_position

    def is_last(self, frame: Frame) -> bool:
        """Return whether no later frame holds a lost record."""
        latest = self.between.latest
        return frame.end >= latest.spool_position if self.is_own else frame.tick_at >= latest.sent_at

    def whole_with(self, frame: Frame) -> list[PartitionId]:
        """Return the partitions behind that have everything up to the frame's end once its records are sent."""
        return [each for each, tick in self.between.behind.items() if self._is_whole(frame, tick)]

    def unread(self) -> Unread:
        """Return an empty `Unread`, to be given the frames."""
        count = self.partitions[CHAT_MESSAGES.name]
        return Unread(self.between.behind, self.between.latest, self.spool_id, count)

    @property
    def is_own(self) -> bool:
        """Whether the latest tick is this spool's."""
        return self.between.latest.spool_id == self.spool_id

    def _is_whole(self, frame: Frame, tick: LastTick) -> bool:
        """Return whether the partition lacks the whole frame, since its last tick comes before it."""
        follows = tick.spool_id != self.spool_id or frame.first >= tick.spool_position
        return self.is_own and follows and frame.tick_at >= tick.sent_at

    def _is_lost(self, frame: Frame, to: Destination, value: bytes) -> bool:
        if to.topic not in self.partitions or to.key is None:
            return False
        partition = to.topic, partition_of_key(to.key, self.partitions[to.topic])
        tick = self.between.behind.get(partition)
        if tick is None:
            return False
        header = read_header(value)
        is_between = tick.sent_at < header.sent_at and (self.is_own or header.sent_at <= self.between.latest.sent_at)
        if not (self._is_whole(frame, tick) or (is_between and header.has_id)):
            return False  # of another spool's time, only messages and notices are the same in this one
        return record_id(header, value) not in self.known[partition]


def resends(
    frames: Iterable[Frame], lost: LostRecords, latest: bytes, undelivered: Callable[[Lacking], list[bytes]]
) -> Iterator[Resend]:
    """Yield the transactions that send the lost records again; `latest`: the tick that all partitions had.

    What the frames lack comes last, as gaps; `undelivered` makes those of the channels that are read now.
    A tick goes only to partitions that are whole up to its position in its spool, which another spool cannot tell:
    that one's holder shows a tick of its own when it resumes. So a crash between any two transactions leaves last
    ticks that are true, and the next repair goes on from them.
    """
    records: list[tuple[Destination, bytes]] = []
    unread = lost.unread()
    for frame in frames:
        if lost.is_past(frame):
            break
        unread.see(frame)
        records += lost.of(frame)
        if lost.is_last(frame):
            break
        if len(records) >= MOST_RECORDS:
            yield Resend(records, frame.tick, [] if unread.is_lacking else lost.whole_with(frame))
            records = []
    records += told_gaps(unread, undelivered)
    yield Resend(records, latest, list(lost.between.behind) if lost.is_own else [])


def told_gaps(unread: Unread, undelivered: Callable[[Lacking], list[bytes]]) -> list[tuple[Destination, bytes]]:
    """Return the gaps of what cannot be sent again, with where they go."""
    lines = [*undelivered(unread.stretches), *(line for pair in unread.gaps() for line in pair)]
    pairs = list(zip(lines[0::2], lines[1::2], strict=True))
    if pairs:
        log.error("forwarder: some of what Kafka lost was not read here or is not in the spool", gaps=len(pairs))
    return [(to, value) for key, value in pairs for to in destinations(key)]


def plan_repair(
    *,
    reader: KafkaLog,
    spool: Spool,
    ticks: dict[PartitionId, LastTick],
    undecided: list[PartitionId],
    instance: str,
    continuity: Continuity,
) -> Repair | None:
    """Return what makes all partitions end alike, None if they do. Raises KafkaAwayError.

    `ticks`: their last ones. `undecided`: partitions with an open transaction, which are left as they are.
    """
    if any(tick.format_version != FORMAT_VERSION for tick in ticks.values()):
        return None  # this spool holds nothing of another format's time
    everything = reader.partitions(*TICKED)
    partitions = [each for each in everything if each not in undecided]
    between = find_divergence({each: tick for each, tick in ticks.items() if each in partitions}, partitions)
    if between is None:
        return None
    behind = {f"{topic}-{number}": tick.sent_at for (topic, number), tick in between.behind.items()}
    if is_too_far(between, spool.spool_id):
        log.error("forwarder: some partitions end long before the others, not repaired", behind=behind)
        return None
    log.error("forwarder: Kafka lost the end of some partitions, sending it again", behind=behind, to=between.latest)
    known = reader.known_after(between.behind)
    lost = LostRecords(between, spool.spool_id, known, Counter(topic for topic, _ in everything))
    frames = spool.frames(_first_position(between, spool))
    found = resends(frames, lost, _encode(between.latest, instance), continuity.undelivered_lines)
    return Repair(found, partitions, between.latest)


def _first_position(between: Divergence, spool: Spool) -> int:
    own = [tick.spool_position for tick in between.behind.values() if tick.spool_id == spool.spool_id]
    others = [tick.sent_at for tick in between.behind.values() if tick.spool_id != spool.spool_id]
    if between.latest.spool_id != spool.spool_id:
        return spool.position_before(between.earliest.sent_at - REACH_MS)
    return min([*own, *(spool.position_before(at - REACH_MS) for at in others)])


def _encode(tick: LastTick, instance: str) -> bytes:
    own = Tick(schema_version=SCHEMA_VERSION, received_at=now_ms(), instance=instance, **asdict(tick))
    return codec.encode(own)
