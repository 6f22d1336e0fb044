"""Re-send records that some partitions lost in an unclean broker shutdown.

Every transaction ends with the same tick in every partition. If the last ticks differ, a broker committed a
transaction and lost it in some partitions: it was killed before its commit markers were everywhere and aborted what
followed, or its disk lost more of one partition than of another. The records are still in the spool.
Dead letters have no tick: those that are lost stay lost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

import structlog

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, SCHEMA_VERSION, Tick
from service_runtime.clock import now_ms
from stream_monitoring.forwarding.kafka_log import REACH_MS, TICKED, KafkaLog, PartitionId
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool.batch import Destination, destinations
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import RecordHeader, read_header, record_id
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()
MAX_RECORDS = 100_000  # between the ticks, in this instance's spool; a transaction has 12,000
MAX_MS = 120_000  # between the ticks, if another spool wrote: the ids of all later records must fit into memory


@dataclass(frozen=True, slots=True)
class Divergence:
    """The earliest and the latest of the partitions' last ticks."""

    earliest: LastTick
    latest: LastTick


@dataclass(frozen=True, slots=True)
class Repair:
    """One transaction: the records that some partitions lack, and the tick that the others ended with."""

    records: list[tuple[Destination, bytes]]
    tick: bytes
    last_tick: LastTick


def find_divergence(ticks: Iterable[LastTick]) -> Divergence | None:
    """Return None if all partitions end with the same tick. A partition without a tick is not among them."""
    ordered = sorted(set(ticks), key=lambda tick: (tick.sent_at, tick.spool_position))
    return Divergence(ordered[0], ordered[-1]) if len(ordered) > 1 else None


def is_too_far(between: Divergence, spool_id: str) -> bool:
    """Return whether a partition is further behind than a killed broker explains, as after an old backup."""
    earliest, latest = between.earliest, between.latest
    if earliest.spool_id == latest.spool_id == spool_id:
        return latest.spool_position - earliest.spool_position > MAX_RECORDS
    return latest.sent_at - earliest.sent_at > MAX_MS


def lost_records(
    frames: Iterable[Frame], between: Divergence, spool_id: str, known: dict[str, set[str]]
) -> Iterator[tuple[Destination, bytes]]:
    """Yield the frames' records from between the ticks that are in no partition; `known`: topic to the ids in it.

    If the latest tick was this spool's own, these are all up to its position. If it was another's, only records that
    are the same in every spool: messages and notices.
    """
    is_own = between.latest.spool_id == spool_id
    for frame in frames:
        if is_own and frame.first >= between.latest.spool_position:
            return
        is_whole = is_own and frame.tick_at >= between.earliest.sent_at
        lines = frame.lines
        for key, value in zip(lines[0:-2:2], lines[1:-2:2], strict=True):
            to = [each for each in destinations(key) if each.topic in known]
            header = read_header(value) if to else None
            if header is None or not (is_whole or _is_between(header, between)):
                continue
            name = record_id(header, value)
            yield from ((each, value) for each in to if name not in known[each.topic])
        if not is_own and frame.tick_at >= between.latest.sent_at:
            return  # nothing earlier follows this tick


def _is_between(header: RecordHeader, between: Divergence) -> bool:
    return header.has_id and between.earliest.sent_at < header.sent_at <= between.latest.sent_at


def plan_repair(reader: KafkaLog, spool: Spool, ticks: dict[PartitionId, LastTick], instance: str) -> Repair | None:
    """Return the records to send again so that all partitions end at the same tick, None if they do.

    `ticks`: each partition's last. Raises KafkaAwayError.
    """
    between = find_divergence(ticks.values())
    if between is None or any(tick.format_version != FORMAT_VERSION for tick in ticks.values()):
        return None  # this spool holds nothing of another format's time
    behind = sorted(partition for partition, tick in ticks.items() if tick != between.latest)
    if is_too_far(between, spool.spool_id):
        log.error("forwarder: some partitions end long before the others, not repaired", behind=behind)
        return None
    known = {topic.name: reader.records_after(between.earliest.sent_at, topic).ids for topic in TICKED}
    frames = spool.frames(_first_position(between, spool))
    records = list(lost_records(frames, between, spool.spool_id, known))
    log.error("forwarder: Kafka lost the end of some partitions, re-sending it", records=len(records), behind=behind)
    return Repair(records, _encode(between.latest, instance), between.latest)


def _first_position(between: Divergence, spool: Spool) -> int:
    if between.earliest.spool_id == between.latest.spool_id == spool.spool_id:
        return between.earliest.spool_position
    return spool.position_before(between.earliest.sent_at - REACH_MS)


def _encode(tick: LastTick, instance: str) -> bytes:
    own = Tick(schema_version=SCHEMA_VERSION, received_at=now_ms(), instance=instance, **asdict(tick))
    return codec.encode(own)
