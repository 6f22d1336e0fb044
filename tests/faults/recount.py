"""What a fault did to the records: the simulator's truth against Kafka and Postgres."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import inf
from typing import Any

from end_to_end.world import World

from contracts.chat_messages import Coverage, Message, Tick
from embedded.processes.waiting import wait_for
from service_runtime.clock import now_ms

SYNCED_MS = 250  # what a socket delivered less than this before a fault may be lost
SAID_MS = 100  # between the time in a message and the moment that it leaves the simulator, on a busy machine
STRADDLE_MS = 1_000  # a gap ends when a room is joined again: what was said in that moment may be on neither side
MINUTE_MS = 60_000
READ_SECONDS = 180
SETTLED_SECONDS = 10  # the counts of a minute are in Postgres so long after the job has passed its end
Json = dict[str, Any]


@dataclass(frozen=True)
class Stretch:
    """The time that a fault answers for, milliseconds. `reader_died_at`: None where the capture went on."""

    begins_at: int
    ends_at: int
    reader_died_at: int | None = None

    def holds(self, at: int) -> bool:
        """Whether a time lies in it."""
        return self.begins_at <= at < self.ends_at


@dataclass
class Log:
    """All of chat-messages, read once. `absent`: when a channel was not wanted, between `left` and `joined`."""

    messages: Counter[str] = field(default_factory=Counter)
    minutes: Counter[tuple[str, int]] = field(default_factory=Counter)
    gaps: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    absent: dict[str, list[tuple[int, float]]] = field(default_factory=lambda: defaultdict(list))
    whole_until: int = 0  # every minute that ends by then is in it whole

    def add(self, record: object) -> None:
        """Take in one record."""
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

    def tells(self, channel_id: str, from_at: int, until_at: int) -> bool:
        """Whether a gap of the channel, or a time when it was not wanted, touches the time."""
        told = (*self.gaps[channel_id], *self.absent[channel_id])
        return any(start - SYNCED_MS <= until_at and from_at <= end + STRADDLE_MS for start, end in told)

    def gap_seconds(self, stretch: Stretch) -> float:
        """Seconds of a stretch in which at least one channel was not read."""
        seconds: set[int] = set()
        for start, end in (gap for gaps in self.gaps.values() for gap in gaps):
            seconds.update(range(max(start, stretch.begins_at) // 100, min(end, stretch.ends_at) // 100))
        return len(seconds) / 10


def read_log(world: World) -> Log:
    """What is committed, and counted in Postgres, of every minute up to the present one's end."""
    whole_until = (now_ms() // MINUTE_MS + 1) * MINUTE_MS
    wait_for("the ticks have passed the minute", lambda: last_tick(world) > whole_until, READ_SECONDS, 1)
    counted_at = whole_until / 1000 + SETTLED_SECONDS
    wait_for("the minute's counts are in Postgres", lambda: job_at(world) > counted_at, READ_SECONDS, 1)
    log = Log(whole_until=whole_until)
    for record in world.records("chat-messages"):
        log.add(record)
    return log


def job_at(world: World) -> float:
    """How far the job has come by Postgres, seconds since 1970."""
    rows = world.query("SELECT extract(epoch FROM event_at) FROM pipeline_progress WHERE stage = 'job'")
    return float(rows[0][0]) if rows else 0.0


def last_tick(world: World) -> int:
    """The newest tick in `stream-lifecycle`, which holds the same ticks as the log and little else."""
    return max((each.sent_at for each in world.records("stream-lifecycle") if isinstance(each, Tick)), default=0)


def lost(world: World, log: Log, stretch: Stretch) -> list[Json]:
    """What was said, is not in the log, and no gap excuses; and seconds unread of which no gap tells."""
    said = [each for each in world.truth("messages") if stretch.holds(each["sent_at"])]
    missing = [each for each in said if each["message_id"] not in log.messages]
    unread = [each for each in world.truth("unsent") if stretch.holds(each["second"] * 1000)]
    silent = [
        each
        for each in unread
        if not log.tells(each["channel_id"], each["second"] * 1000 - STRADDLE_MS, (each["second"] + 1) * 1000)
    ]
    return [each for each in missing if not is_excused(each, log, stretch)] + silent


def is_excused(message: Json, log: Log, stretch: Stretch) -> bool:
    """Whether a gap holds the message, and it was not yet the capture's when it died."""
    at = message["sent_at"]
    if stretch.reader_died_at is not None and at < stretch.reader_died_at - SYNCED_MS - SAID_MS:
        return False
    return log.tells(message["channel_id"], at, at)


def doubled(world: World, log: Log, stretch: Stretch) -> list[str]:
    """Ids of the stretch that are in the log more than once."""
    said = (each["message_id"] for each in world.truth("messages") if stretch.holds(each["sent_at"]))
    return [message_id for message_id in said if log.messages[message_id] > 1]


def rows_wrong(world: World, log: Log, stretch: Stretch) -> list[tuple[str, int]]:
    """Channel and minute where the counts in Postgres are not the messages in Kafka."""
    found = world.query(
        "SELECT channel_id, extract(epoch FROM minute_at)::bigint / 60,"
        " (SELECT sum(n) FROM unnest(messages) AS n) FROM chat_counts"
    )
    counted = {(channel, int(minute)): int(total) for channel, minute, total in found}
    touched = [
        (channel, minute)
        for channel, minute in set(log.minutes) | set(counted)
        if stretch.begins_at - MINUTE_MS < minute * MINUTE_MS < stretch.ends_at
        and (minute + 1) * MINUTE_MS <= log.whole_until
    ]
    return [key for key in touched if counted.get(key, 0) != log.minutes.get(key, 0)]


def moments_of(world: World, channel_id: str) -> set[str]:
    """Ids of a channel's moments in Kafka and in Postgres together, without those of a detector on trial."""
    told = {each.moment_id for each in world.records("moments") if each.channel_id == channel_id and not each.shadow}
    rows = world.query("SELECT moment_id FROM moments WHERE channel_id = %s AND NOT shadow", channel_id)
    return told | {row[0] for row in rows}


def clips_of(world: World, channel_id: str) -> int:
    """How often Twitch was asked for a clip of the channel and made one."""
    return sum(each["broadcaster_id"] == channel_id for each in world.truth("clips"))
