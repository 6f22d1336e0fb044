"""Reads back the end of the log: the last tick of each partition, and the ids around it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from contracts.topics import CHAT_MESSAGES, STREAM_LIFECYCLE, Topic
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool.record_header import marks_of, named

FIRST_LOOK_BACK = 50  # records of a partition; doubled until a tick is found
LOOK_BACK_FACTOR = 8
TOLD_FACTOR = 2  # there is much to read, and at most twice as much is read as is needed
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.1  # a poll lasts so long where fewer records come than it asks for
SILENT_POLLS = 150
RECONNECT_MS = 1_000  # when Kafka is back, both instances should see it at about the same time
REACH_MS = 120_000  # a record may be a minute ahead of the tick that follows it, twice that is beyond doubt
TICKED = (CHAT_MESSAGES, STREAM_LIFECYCLE)  # the topics that each transaction's tick goes to
NEAR_MS = 20_000  # ids are kept from so long before the last tick: what comes later still than that came to both


Place = tuple[str, int]  # topic and partition
Bounds = dict[Place, tuple[int, int]]  # to its first offset and the one after its last
LIFECYCLE_PLACE: Place = (STREAM_LIFECYCLE.name, 0)


class KafkaAwayError(Exception):
    """Kafka did not answer in time; try again later."""


@dataclass(slots=True)
class Told:
    """The ids of records that are later than `since`, or stand near the end of the log.

    `left_at`: the event time of the last `left` among all, 0 where there is none.
    """

    since: int
    ids: set[str] = field(default_factory=set)
    left_at: int = 0

    def add(self, value: bytes, is_near_end: bool) -> None:
        """Take in a record; what is no record is left out."""
        try:
            marks = marks_of(value)
        except msgspec.DecodeError:
            return
        if is_near_end or marks.sent_at > self.since:
            self.ids.add(named(marks, value))
        if marks.kind == "coverage" and marks.event == "left":
            self.left_at = max(self.left_at, marks.sent_at)


class KafkaLog:
    """A read_committed reader without a group of its own. Open it for one look and close it."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config | {
            "group.id": "chat-forwarder",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
            "reconnect.backoff.max.ms": RECONNECT_MS,
        }
        self._consumer = Consumer(self._config)

    def __enter__(self) -> "KafkaLog":
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def unfinished(self) -> list[Place]:
        """The partitions in which a transaction is open: what stands there may still be seen. Raises KafkaAwayError."""
        everything = Consumer(self._config | {"isolation.level": "read_uncommitted"})
        try:
            ends = {place: self._watermarks(place, everything)[1] for place in places(*TICKED)}
        finally:
            everything.close()
        return [place for place, end in ends.items() if self._watermarks(place)[1] < end]

    def half_committed(self) -> bytes | None:
        """The tick of a transaction that is committed in one partition and open in another, None where none is.

        A broker that was killed may take a commit for complete whose mark is not in every partition: when it comes
        back, it leaves out the partitions whose leader it does not know yet. Raises KafkaAwayError.
        """
        undecided = self.unfinished()
        if not undecided:
            return None
        committed = set(self.last_ticks(*TICKED).values())
        with KafkaLog(self._config | {"isolation.level": "read_uncommitted"}) as everything:
            begins = {place: self._watermarks(place)[1] for place in undecided}
            bounds = {place: everything._watermarks(place) for place in undecided}
            values = (message.value() or b"" for message in everything._read(begins, bounds))
            return next((value for value in values if tick_of(value) in committed), None)

    def last_ticks(self, *topics: Topic) -> dict[Place, LastTick]:
        """Partition to its last committed tick; a partition without one is left out. Raises KafkaAwayError."""
        ticks: dict[Place, LastTick] = {}
        look_back = FIRST_LOOK_BACK
        bounds = self._bounds(*topics)
        while wanted := {place: bound for place, bound in bounds.items() if place not in ticks}:
            begins = {place: max(low, high - look_back) for place, (low, high) in wanted.items()}
            for message in self._read(begins, wanted):
                if tick := tick_of(message.value() or b""):
                    ticks[place_of(message)] = tick
            bounds = {place: (low, begins[place]) for place, (low, _) in wanted.items() if begins[place] > low}
            look_back *= LOOK_BACK_FACTOR
        return ticks

    def latest_tick(self) -> LastTick | None:
        """The last committed tick, None where there is none: a quick look. Raises KafkaAwayError.

        Read from the lifecycle topic, which has the same ticks and little else.
        """
        low, high = self._watermarks(LIFECYCLE_PLACE)
        bound, latest, look_back = high, None, FIRST_LOOK_BACK
        while latest is None and bound > low:
            begin = max(low, bound - look_back)
            for message in self._read({LIFECYCLE_PLACE: begin}, {LIFECYCLE_PLACE: (low, bound)}):
                latest = tick_of(message.value() or b"") or latest
            bound, look_back = begin, look_back * LOOK_BACK_FACTOR
        return latest

    def writers_since(self, sent_at: int) -> dict[str, int]:
        """The spools whose ticks are later than the event time, and the last of each. Raises KafkaAwayError."""
        spools: dict[str, int] = {}
        low, bound = self._watermarks(LIFECYCLE_PLACE)
        look_back, reached = FIRST_LOOK_BACK * LOOK_BACK_FACTOR, False
        while bound > low and not reached:
            begin = max(low, bound - look_back)
            for message in self._read({LIFECYCLE_PLACE: begin}, {LIFECYCLE_PLACE: (low, bound)}):
                tick = tick_of(message.value() or b"")
                if tick is not None and tick.sent_at > sent_at:
                    spools[tick.spool_id] = max(tick.sent_at, spools.get(tick.spool_id, 0))
                reached = reached or (tick is not None and tick.sent_at <= sent_at)
            bound, look_back = begin, look_back * LOOK_BACK_FACTOR
        return spools

    def told_after(self, sent_at: int, topic: Topic = CHAT_MESSAGES) -> Told:
        """What the topic's records say that may be later than the event time. Raises KafkaAwayError."""
        told = Told(sent_at - NEAR_MS)
        look_back = FIRST_LOOK_BACK * LOOK_BACK_FACTOR
        bounds = self._bounds(topic)
        while bounds:
            begins = {place: max(low, high - look_back) for place, (low, high) in bounds.items()}
            reached: set[Place] = set()
            distant: set[Place] = set()
            for message in self._read(begins, bounds):
                value, place = message.value() or b"", place_of(message)
                tick = tick_of(value)
                if tick is None:
                    told.add(value, is_near_end=place not in distant)
                    continue
                (distant.add if tick.sent_at < told.since else distant.discard)(place)
                if tick.sent_at < sent_at - REACH_MS:
                    reached.add(place)
            bounds = {
                place: (low, begins[place])
                for place, (low, _) in bounds.items()
                if place not in reached and begins[place] > low
            }
            look_back *= TOLD_FACTOR
        return told

    def _bounds(self, *topics: Topic) -> Bounds:
        return {place: self._watermarks(place) for place in places(*topics)}

    def _watermarks(self, place: Place, consumer: Consumer | None = None) -> tuple[int, int]:
        asked = consumer or self._consumer
        try:
            low, high = asked.get_watermark_offsets(TopicPartition(*place), timeout=ANSWER_SECONDS)
        except KafkaException as error:
            raise KafkaAwayError(str(error)) from error
        return low, high

    def _read(self, begins: dict[Place, int], bounds: Bounds) -> Iterator[Message]:
        """The committed records from `begins` up to the upper bounds."""
        self._consumer.assign([TopicPartition(*place, at) for place, at in begins.items()])
        unread = {place for place, at in begins.items() if at < bounds[place][1]}
        silent = 0
        while unread and silent < SILENT_POLLS:
            messages = self._consumer.consume(2000, timeout=POLL_SECONDS)
            silent = 0 if messages else silent + 1
            for message in messages:
                yield from self._progress(message, unread, bounds)
        self._consumer.unassign()
        if unread:
            raise KafkaAwayError(f"{len(unread)} partitions could not be read back")

    def _progress(self, message: Message, unread: set[Place], bounds: Bounds) -> Iterator[Message]:
        error, place = message.error(), place_of(message)
        if error is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                unread.discard(place)
            elif not error.retriable():
                raise KafkaAwayError(str(error))
        elif (message.offset() or 0) < bounds[place][1]:
            yield message
        else:
            unread.discard(place)


def places(*topics: Topic) -> list[Place]:
    """All partitions of the topics."""
    return [(topic.name, number) for topic in topics for number in range(topic.partitions)]


def place_of(message: Message) -> Place:
    """Where the message lies."""
    return message.topic() or "", message.partition() or 0


def tick_of(value: bytes) -> LastTick | None:
    """The tick in a record, None where it is something else."""
    try:
        marks = marks_of(value)
    except msgspec.DecodeError:
        return None
    if marks.kind != "tick" or marks.spool_id is None or marks.spool_position is None:
        return None
    return LastTick(marks.sent_at, marks.spool_id, marks.spool_position, marks.format_version)


LogReader = Callable[[], KafkaLog]
