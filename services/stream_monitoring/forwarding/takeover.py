"""What a new holder finds and says first: where it begins, what Kafka has already, what nobody can deliver."""

import time
from dataclasses import dataclass, replace
from itertools import islice

import structlog

from contracts import codec
from contracts.chat_messages import FORMAT_VERSION, SCHEMA_VERSION, Tick
from contracts.topics import CHAT_MESSAGES
from stream_monitoring.capture.continuity import Account
from stream_monitoring.forwarding.kafka_log import REACH_MS, KafkaLog, Place
from stream_monitoring.forwarding.resume import LastTick, Leftovers, OwnSpool, Resume, decide
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()
UNFINISHED_SECONDS = 5.0  # shorter than the other waits for a tick: else both would fence each other in turns
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Inheritance:
    """`leftovers`: what to leave out; `news`: lines for the first transaction."""

    leftovers: Leftovers | None
    news: list[bytes]


def beginning(ticks: dict[Place, LastTick], spool: Spool) -> Resume:
    """Where to begin after these last ticks, read when nobody else wrote any more. Raises NewerFormatError."""
    oldest = next(iter(islice(spool.frames(spool.first), 1)), None)
    own = OwnSpool(spool.spool_id, spool.first, spool.end, oldest.tick_at if oldest else None)
    resume = decide([tick for (topic, _), tick in ticks.items() if topic == CHAT_MESSAGES.name], own)
    if resume.exact:
        return resume
    return replace(resume, position=spool.position_before(resume.after - REACH_MS))


def wait_for_the_last(reader: KafkaLog) -> list[Place]:
    """Until every earlier transaction is seen or gone: one that was seen later would be in Kafka twice.

    The abort of the last holder's (see `Transactions`) reaches the partitions a moment after it is answered. Bounded:
    what stays open is no holder's, and only says that readers wait behind it. Answers where.
    """
    deadline = time.monotonic() + UNFINISHED_SECONDS
    while unfinished := reader.unfinished():
        if time.monotonic() > deadline:
            log.error("forwarder: a transaction stays open, readers wait behind it", partitions=unfinished)
            return unfinished
        time.sleep(LOOK_SECONDS)
    return []


def first_word(resume: Resume, spool: Spool, account: Account, instance: str) -> Frame | None:
    """What is said at once, so that the other sees who writes now: the gaps that nobody can deliver, and a tick.

    The tick stays where the last one was. None where the own log simply goes on.
    """
    if resume.exact and not resume.missing:
        return None
    tick = Tick(
        schema_version=SCHEMA_VERSION,
        sent_at=resume.after,
        received_at=int(time.time() * 1000),
        instance=instance,
        spool_id=spool.spool_id,
        spool_position=resume.position,
        format_version=FORMAT_VERSION,
    )
    missed = account.missed(resume.after, resume.hole_until)
    return Frame.of(resume.position, [*missed, TICK_KEY, codec.encode(tick)], resume.after)


def inheritance(reader: KafkaLog, resume: Resume, spool: Spool, account: Account) -> Inheritance:
    """What another spool wrote a moment before, so that it is left out. Raises KafkaAwayError."""
    since = resume.after - REACH_MS
    others = {spool_id: tick for spool_id, tick in writers(reader, since).items() if spool_id != spool.spool_id}
    after = max(others.values(), default=None) if resume.exact else max(resume.after, resume.skip_until)
    if after is None:
        return Inheritance(None, [])
    told = reader.told_after(after)
    read_since = account.read_since
    is_covered = read_since is not None and read_since <= after
    leftovers = Leftovers(after, told.ids, after + REACH_MS, is_covered)
    return Inheritance(leftovers, [] if resume.exact else account.reads(max(after, told.left_at) + 1))


def writers(reader: KafkaLog, since: int) -> dict[str, int]:
    """The spools that wrote since this event time; none where there is no tick at all."""
    return reader.writers_since(since) if since > 0 else {}
