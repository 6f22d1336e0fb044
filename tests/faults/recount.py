"""Compares the simulator's truth with Kafka and Postgres after a fault."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from end_to_end.world import World

from contracts.chat_messages import Coverage, Message, Tick
from embedded.processes.waiting import wait_for
from service_runtime.clock import now_ms

UNSYNCED_MS = 250  # chat delivered less than this before a fault may be lost
SEND_DELAY_MS = 100  # from a message's timestamp until a busy simulator sends it
EDGE_MS = 1_000  # chat sent while a room is joined again may be neither read nor in the gap
MINUTE_MS = 60_000
READ_SECONDS = 180
SETTLED_SECONDS = 10  # a minute's counts reach Postgres this long after the job has passed it
Json = dict[str, Any]


@dataclass(frozen=True)
class FaultWindow:
    """The time affected by a fault, in milliseconds. `reader_died_at`: None if the capture kept running."""

    begins_at: int
    ends_at: int
    reader_died_at: int | None = None

    def contains(self, at: int) -> bool:
        """Return whether a time is in the window."""
        return self.begins_at <= at < self.ends_at


@dataclass
class Log:
    """The contents of chat-messages. `absent`: when a channel was not wanted, between `left` and `joined`."""

    messages: Counter[str] = field(default_factory=Counter)
    minutes: Counter[tuple[str, int]] = field(default_factory=Counter)
    gaps: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    absent: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    complete_until: int = 0  # every minute that ends by then is complete

    def add(self, record: object) -> None:
        """Add one record."""
        if isinstance(record, Message):
            self.messages[record.message_id] += 1
            self.minutes[record.channel_id, record.sent_at // MINUTE_MS] += 1
        elif isinstance(record, Coverage):
            self._add_coverage(record)

    def _add_coverage(self, record: Coverage) -> None:
        absent = self.absent[record.channel_id]
        if record.event == "gap":
            self.gaps[record.channel_id].append((record.gap_from_at or 0, record.gap_until_at or 0))
        elif record.event == "left":
            absent.append((record.sent_at, inf))
        elif absent:
            absent[-1] = (absent[-1][0], min(absent[-1][1], record.sent_at))

    def is_gap(self, channel_id: str, from_at: int, until_at: int) -> bool:
        """Return whether a gap of the channel, or a time when it was not wanted, overlaps the time."""
        known = (*self.gaps[channel_id], *self.absent[channel_id])
        return any(start - UNSYNCED_MS <= until_at and from_at <= end + EDGE_MS for start, end in known)

    def gap_seconds(self, window: FaultWindow) -> float:
        """Return the seconds of the window in which at least one channel was not read."""
        gaps = [gap for gaps in self.gaps.values() for gap in gaps]
        return unread_seconds((max(start, window.begins_at), min(end, window.ends_at)) for start, end in gaps)


def unread_seconds(gaps: Iterable[tuple[int, int]]) -> float:
    """Return the seconds that are in at least one of the gaps, which are in milliseconds."""
    tenths = {tenth for start, end in gaps for tenth in range(start // 100, end // 100)}
    return len(tenths) / 10


def read_log(world: World) -> Log:
    """Read the log once every minute up to the end of the current one is complete and counted in Postgres."""
    complete_until = (now_ms() // MINUTE_MS + 1) * MINUTE_MS
    wait_for("the ticks have passed the minute", lambda: last_tick(world) > complete_until, READ_SECONDS, 1)
    counted_at = complete_until / 1000 + SETTLED_SECONDS
    wait_for("the minute's counts are in Postgres", lambda: job_at(world) > counted_at, READ_SECONDS, 1)
    log = Log(complete_until=complete_until)
    for record in world.records("chat-messages"):
        log.add(record)
    return log


def job_at(world: World) -> float:
    """Return the job's event time in Postgres, seconds since 1970."""
    rows = world.query("SELECT extract(epoch FROM event_at) FROM pipeline_progress WHERE stage = 'job'")
    return float(rows[0][0]) if rows else 0.0


def last_tick(world: World) -> int:
    """Return the newest tick in `stream-lifecycle`, which has the same ticks as the log and little else."""
    return max((each.sent_at for each in world.records("stream-lifecycle") if isinstance(each, Tick)), default=0)


def lost(world: World, log: Log, window: FaultWindow) -> list[Json]:
    """Return messages that are neither in the log nor in a gap, and unread seconds that are in no gap."""
    sent = [each for each in world.truth("messages") if window.contains(each["sent_at"])]
    missing = [each for each in sent if each["message_id"] not in log.messages]
    unread = [each for each in world.truth("unsent") if window.contains(each["second"] * 1000)]
    unreported = [
        each
        for each in unread
        if not log.is_gap(each["channel_id"], each["second"] * 1000 - EDGE_MS, (each["second"] + 1) * 1000)
    ]
    return [each for each in missing if not is_excused(each, log, window)] + unreported


def is_excused(message: Json, log: Log, window: FaultWindow) -> bool:
    """Return whether a gap contains the message, and the capture had not yet stored it when it died."""
    at = message["sent_at"]
    if window.reader_died_at is not None and at < window.reader_died_at - UNSYNCED_MS - SEND_DELAY_MS:
        return False
    return log.is_gap(message["channel_id"], at, at)


def doubled(world: World, log: Log, window: FaultWindow) -> list[str]:
    """Return ids of the window that are in the log more than once."""
    sent = (each["message_id"] for each in world.truth("messages") if window.contains(each["sent_at"]))
    return [message_id for message_id in sent if log.messages[message_id] > 1]


def rows_wrong(world: World, log: Log, window: FaultWindow) -> list[tuple[str, int]]:
    """Return channel and minute where the counts in Postgres differ from the messages in Kafka."""
    found = world.query(
        "SELECT channel_id, extract(epoch FROM minute_at)::bigint / 60,"
        " (SELECT sum(n) FROM unnest(messages) AS n) FROM chat_counts"
    )
    counted = {(channel, int(minute)): int(total) for channel, minute, total in found}
    touched = [
        (channel, minute)
        for channel, minute in set(log.minutes) | set(counted)
        if window.begins_at - MINUTE_MS < minute * MINUTE_MS < window.ends_at
        and (minute + 1) * MINUTE_MS <= log.complete_until
    ]
    return [key for key in touched if counted.get(key, 0) != log.minutes.get(key, 0)]


def moments_of(world: World, channel_id: str) -> set[str]:
    """Return the ids of a channel's moments in Kafka or Postgres, without those of shadow detectors."""
    in_kafka = {
        each.moment_id for each in world.records("moments") if each.channel_id == channel_id and not each.shadow
    }
    rows = world.query("SELECT moment_id FROM moments WHERE channel_id = %s AND NOT shadow", channel_id)
    return in_kafka | {row[0] for row in rows}


def clips_of(world: World, channel_id: str) -> int:
    """Return how many clips of the channel Twitch made."""
    return sum(each["broadcaster_id"] == channel_id for each in world.truth("clips"))
