"""Partitions that stand behind the others get again what they have lost.

Every transaction ends with the same tick in every partition. Where the last ticks differ, a broker had committed a
transaction and lost it in some partitions: it was killed before its marks were everywhere, and what came after it was
aborted, or its disk lost more of one partition than of another. The records are still in the spool.
Dead letters have no tick: what is lost of them stays lost.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import structlog

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, SCHEMA_VERSION, Tick
from stream_monitoring.forwarding.kafka_log import REACH_MS, TICKED, KafkaLog, Place
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool.batch import Destination, destinations
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import Marks, marks_of, named
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()
MOST_RECORDS = 100_000  # between the ticks, in the own log; a transaction has 12,000
LONGEST_MS = 120_000  # between them where another wrote: the ids of all that came since have to fit into memory


@dataclass(frozen=True, slots=True)
class Difference:
    """The earliest and the latest of the partitions' last ticks."""

    earliest: LastTick
    latest: LastTick


@dataclass(frozen=True, slots=True)
class Levelling:
    """One transaction: the records that some partitions lack, and the tick that the others ended with."""

    records: list[tuple[Destination, bytes]]
    tick: bytes
    ended: LastTick


def difference(ticks: Iterable[LastTick]) -> Difference | None:
    """None where all partitions end with the same tick. One without any tick is not among them."""
    in_order = sorted(set(ticks), key=lambda tick: (tick.sent_at, tick.spool_position))
    return Difference(in_order[0], in_order[-1]) if len(in_order) > 1 else None


def is_too_much(between: Difference, spool_id: str) -> bool:
    """Whether a partition stands so far back that no broker's death explains it: an old backup, say."""
    earliest, latest = between.earliest, between.latest
    if earliest.spool_id == latest.spool_id == spool_id:
        return latest.spool_position - earliest.spool_position > MOST_RECORDS
    return latest.sent_at - earliest.sent_at > LONGEST_MS


def lost_records(
    frames: Iterable[Frame], between: Difference, spool_id: str, known: dict[str, set[str]]
) -> Iterator[tuple[Destination, bytes]]:
    """What the frames hold of the time between the ticks and is in no partition; `known`: topic to the ids in it.

    Where the latest tick was this spool's own, that is all up to its position. Of another's time only what is the same
    in every spool follows: messages and notices.
    """
    is_own = between.latest.spool_id == spool_id
    for frame in frames:
        if is_own and frame.first >= between.latest.spool_position:
            return
        is_whole = is_own and frame.tick_at >= between.earliest.sent_at
        lines = frame.lines
        for key, value in zip(lines[0:-2:2], lines[1:-2:2], strict=True):
            yield from _unknown(destinations(key), value, between, is_whole, known)
        if not is_own and frame.tick_at >= between.latest.sent_at:
            return  # its tick says that nothing earlier follows


def _unknown(
    to: list[Destination], value: bytes, between: Difference, is_whole: bool, known: dict[str, set[str]]
) -> Iterator[tuple[Destination, bytes]]:
    wanted = [each for each in to if each.topic in known]
    marks = marks_of(value) if wanted else None
    if marks is None or not (is_whole or _is_between(marks, between)):
        return
    name = named(marks, value)
    yield from ((each, value) for each in wanted if name not in known[each.topic])


def _is_between(marks: Marks, between: Difference) -> bool:
    return marks.has_id and between.earliest.sent_at < marks.sent_at <= between.latest.sent_at


def levelling(reader: KafkaLog, spool: Spool, ticks: dict[Place, LastTick], instance: str) -> Levelling | None:
    """What makes all partitions end alike, None where they do; `ticks`: their last ones. Raises KafkaAwayError."""
    between = difference(ticks.values())
    if between is None or any(tick.format_version != FORMAT_VERSION for tick in ticks.values()):
        return None  # our spool holds nothing of another format's time
    behind = sorted(place for place, tick in ticks.items() if tick != between.latest)
    if is_too_much(between, spool.spool_id):
        log.error("forwarder: some partitions end long before the others, they stay so", behind=behind)
        return None
    known = {topic.name: reader.told_after(between.earliest.sent_at, topic).ids for topic in TICKED}
    frames = spool.frames(_begin(between, spool))
    records = list(lost_records(frames, between, spool.spool_id, known))
    log.error("forwarder: Kafka lost the end of some partitions, sending it again", records=len(records), behind=behind)
    return Levelling(records, _tick(between.latest, instance), between.latest)


def _begin(between: Difference, spool: Spool) -> int:
    if between.earliest.spool_id == between.latest.spool_id == spool.spool_id:
        return between.earliest.spool_position
    return spool.position_before(between.earliest.sent_at - REACH_MS)


def _tick(tick: LastTick, instance: str) -> bytes:
    own = Tick(schema_version=SCHEMA_VERSION, received_at=int(time.time() * 1000), instance=instance, **asdict(tick))
    return codec.encode(own)
