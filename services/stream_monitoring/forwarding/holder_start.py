"""What a new holder does before it forwards: find where to resume, what Kafka has already, what cannot be delivered."""

import time
from dataclasses import dataclass, replace
from itertools import islice

import structlog

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, SCHEMA_VERSION, Tick
from contracts.topics import CHAT_MESSAGES
from service_runtime.clock import now_ms
from stream_monitoring.capture.continuity import Continuity
from stream_monitoring.forwarding.kafka_log import REACH_MS, KafkaLog, PartitionId
from stream_monitoring.forwarding.resume import (
    LastTick,
    ResumePoint,
    SpoolRange,
    TakeoverFilter,
    find_resume_point,
    separated_at,
)
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()
OPEN_SECONDS = 5.0  # shorter than the other instance waits for a tick: else both would fence each other in turns
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Overlap:
    """`filter`: drops what another spool wrote already. `joined_lines`: spool lines for the first transaction."""

    filter: TakeoverFilter | None
    joined_lines: list[bytes]


def resume_point(ticks: dict[PartitionId, LastTick], spool: Spool) -> ResumePoint:
    """Return where to resume after these last ticks, read when no other instance writes. Raises NewerFormatError."""
    oldest = next(iter(islice(spool.frames(spool.first), 1)), None)
    own = SpoolRange(spool.spool_id, spool.first, spool.end, oldest.tick_at if oldest else None)
    found = find_resume_point([tick for (topic, _), tick in ticks.items() if topic == CHAT_MESSAGES.name], own)
    if found.exact:
        return found
    return replace(found, position=spool.position_before(found.after - REACH_MS))


def wait_for_open_transactions(reader: KafkaLog) -> list[PartitionId]:
    """Wait until every earlier transaction is decided; return the partitions in which one stays open.

    A transaction that is committed later would be in Kafka twice. The abort of the last holder's (see `Transactions`)
    reaches the partitions a moment after it is answered. The wait is bounded: what stays open belongs to no holder,
    and readers of those partitions wait behind it.
    """
    deadline = time.monotonic() + OPEN_SECONDS
    while still_open := reader.open_transactions():
        if time.monotonic() > deadline:
            log.error("forwarder: a transaction stays open, readers wait behind it", partitions=still_open)
            return still_open
        time.sleep(LOOK_SECONDS)
    return []


def opening_frame(resume: ResumePoint, spool: Spool, continuity: Continuity, instance: str) -> Frame | None:
    """Return a first frame that shows the other instance who writes now: undeliverable gaps, and the last tick again.

    None if this instance simply continues its own log.
    """
    if resume.exact and not resume.missing:
        return None
    tick = Tick(
        schema_version=SCHEMA_VERSION,
        sent_at=resume.after,
        received_at=now_ms(),
        instance=instance,
        spool_id=spool.spool_id,
        spool_position=resume.position,
        format_version=FORMAT_VERSION,
    )
    gaps = continuity.gap_lines(resume.after, resume.gap_until)
    return Frame.of(resume.position, [*gaps, TICK_KEY, codec.encode(tick)], resume.after)


def find_overlap(reader: KafkaLog, resume: ResumePoint, spool: Spool, continuity: Continuity) -> Overlap:
    """Find what another spool wrote recently, so that it is not sent twice. Raises KafkaAwayError."""
    since = resume.after - REACH_MS
    writers = recent_writers(reader, since)
    separated = max((separated_at(tick) for tick in writers if tick.format_version < FORMAT_VERSION), default=0)
    others = [tick.sent_at for tick in writers if tick.spool_id != spool.spool_id]
    after = max([*others, separated] if resume.exact else [resume.after, separated])
    if not after:
        return Overlap(None, [])
    recent = reader.records_after(after)
    read_since = continuity.read_since
    is_covered = read_since is not None and read_since <= after
    known = TakeoverFilter(after, recent.ids, after + REACH_MS, is_covered, separated or None)
    return Overlap(known, [] if resume.exact else continuity.joined_lines(max(after, recent.left_at) + 1))


def recent_writers(reader: KafkaLog, since: int) -> list[LastTick]:
    """Return the last tick of each spool that wrote since this event time; empty if there is no tick."""
    return reader.writers_since(since) if since > 0 else []
