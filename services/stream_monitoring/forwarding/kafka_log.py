"""Read back the end of the log: the last tick of each partition, and the ids around it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from contracts.topics import CHAT_MESSAGES, STREAM_LIFECYCLE, Topic
from service_runtime.kafka import KafkaAwayError, partitions_of
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool.record_header import read_header, record_id

FIRST_LOOK_BACK = 50  # records of a partition; multiplied until a tick is found
LOOK_BACK_FACTOR = 8
RECORDS_LOOK_BACK_FACTOR = 2  # where there is much to read, at most twice as much is read as is needed
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.1  # duration of a poll that gets fewer records than it asks for
MAX_SILENT_POLLS = 150
RECONNECT_MS = 1_000  # when Kafka is back, both instances should see it at about the same time
REACH_MS = 120_000  # read back this far: a record may be a minute newer than the tick after it; doubled to be safe
TICKED = (CHAT_MESSAGES, STREAM_LIFECYCLE)  # each transaction writes its tick to these topics
NEAR_MS = 20_000  # keep ids this long before the last tick; both instances already have what is older


PartitionId = tuple[str, int]  # topic and number
Bounds = dict[PartitionId, tuple[int, int]]  # first offset and the one after the last
LIFECYCLE_PARTITION: PartitionId = (STREAM_LIFECYCLE.name, 0)


@dataclass(slots=True)
class RecentRecords:
    """The ids of records that are later than `since`, or near the end of the log.

    `left_at`: the event time of the last `left`, 0 if there is none.
    """

    since: int
    ids: set[str] = field(default_factory=set)
    left_at: int = 0

    def add(self, value: bytes, is_near_end: bool) -> None:
        """Add a record; ignore a value that is none."""
        try:
            header = read_header(value)
        except msgspec.DecodeError:
            return
        if is_near_end or header.sent_at > self.since:
            self.ids.add(record_id(header, value))
        if header.kind == "coverage" and header.event == "left":
            self.left_at = max(self.left_at, header.sent_at)


class KafkaLog:
    """A read_committed reader without a group of its own. Open it for one look and close it.

    All of its methods raise KafkaAwayError if Kafka does not answer.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config | {
            "group.id": "chat-forwarder",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 50,
            "reconnect.backoff.max.ms": RECONNECT_MS,
        }
        self._consumer = Consumer(self._config)
        self._numbers: dict[str, list[int]] = {}  # topic to its partitions

    def __enter__(self) -> "KafkaLog":
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def partitions(self, *topics: Topic) -> list[PartitionId]:
        """Return all partitions of the topics."""
        return [(topic.name, number) for topic in topics for number in self._numbers_of(topic.name)]

    def _numbers_of(self, topic: str) -> list[int]:
        if topic not in self._numbers:
            try:
                self._numbers[topic] = partitions_of(self._consumer, topic, ANSWER_SECONDS)
            except KafkaException as error:
                raise KafkaAwayError(str(error)) from error
        return self._numbers[topic]

    def open_transactions(self) -> list[PartitionId]:
        """Return the partitions with an open transaction, whose records may still become visible."""
        everything = Consumer(self._config | {"isolation.level": "read_uncommitted"})
        try:
            ends = {partition: self._watermarks(partition, everything)[1] for partition in self.partitions(*TICKED)}
        finally:
            everything.close()
        return [partition for partition, end in ends.items() if self._watermarks(partition)[1] < end]

    def half_committed(self) -> bytes | None:
        """Return the tick of a transaction that every partition has, committed in some and open in others; else None.

        A broker that was killed may consider a commit complete whose marker is not in every partition: when it comes
        back, it leaves out the partitions whose leader it does not know yet. After a power cut, partitions may lack
        more than the marker: then nothing is finished, and what is open is aborted and sent again.
        """
        undecided = self.open_transactions()
        if not undecided:
            return None
        ticks = self.last_ticks(*TICKED)
        committed = {ticks.get(partition) for partition in self.partitions(*TICKED) if partition not in undecided}
        if len(committed) != 1 or None in committed:
            return None
        with KafkaLog(self._config | {"isolation.level": "read_uncommitted"}) as everything:
            begins = {partition: self._watermarks(partition)[1] for partition in undecided}
            bounds = {partition: everything._watermarks(partition) for partition in undecided}
            values = {
                partition_of(message): message.value() or b""
                for message in everything._read(begins, bounds)
                if tick_of(message.value() or b"") in committed
            }
        return next(iter(values.values())) if len(values) == len(undecided) else None

    def last_ticks(self, *topics: Topic) -> dict[PartitionId, LastTick]:
        """Return each partition's last committed tick; a partition without one is left out."""
        ticks: dict[PartitionId, LastTick] = {}
        look_back = FIRST_LOOK_BACK
        bounds = self._bounds(*topics)
        while wanted := {partition: bound for partition, bound in bounds.items() if partition not in ticks}:
            begins = {partition: max(low, high - look_back) for partition, (low, high) in wanted.items()}
            for message in self._read(begins, wanted):
                if tick := tick_of(message.value() or b""):
                    ticks[partition_of(message)] = tick
            bounds = {each: (low, begins[each]) for each, (low, _) in wanted.items() if begins[each] > low}
            look_back *= LOOK_BACK_FACTOR
        return ticks

    def latest_tick(self) -> LastTick | None:
        """Return the last committed tick, None if there is none.

        Fast: reads the lifecycle topic, which has the same ticks and little else.
        """
        low, high = self._watermarks(LIFECYCLE_PARTITION)
        bound, latest, look_back = high, None, FIRST_LOOK_BACK
        while latest is None and bound > low:
            begin = max(low, bound - look_back)
            for message in self._read({LIFECYCLE_PARTITION: begin}, {LIFECYCLE_PARTITION: (low, bound)}):
                latest = tick_of(message.value() or b"") or latest
            bound, look_back = begin, look_back * LOOK_BACK_FACTOR
        return latest

    def writers_since(self, sent_at: int) -> list[LastTick]:
        """Return the last tick of each spool and format that has ticks later than the event time."""
        last: dict[tuple[str, int], LastTick] = {}
        low, bound = self._watermarks(LIFECYCLE_PARTITION)
        look_back, reached = FIRST_LOOK_BACK * LOOK_BACK_FACTOR, False
        while bound > low and not reached:
            begin = max(low, bound - look_back)
            for message in self._read({LIFECYCLE_PARTITION: begin}, {LIFECYCLE_PARTITION: (low, bound)}):
                tick = tick_of(message.value() or b"")
                if tick is not None and tick.sent_at > sent_at:
                    writer = (tick.spool_id, tick.format_version)
                    last[writer] = max(tick, last.get(writer, tick), key=lambda each: each.sent_at)
                reached = reached or (tick is not None and tick.sent_at <= sent_at)
            bound, look_back = begin, look_back * LOOK_BACK_FACTOR
        return list(last.values())

    def records_after(self, sent_at: int) -> RecentRecords:
        """Return the ids of the channels' records that may be later than the event time."""
        recent = RecentRecords(sent_at - NEAR_MS)
        self._read_back(dict.fromkeys(self.partitions(CHAT_MESSAGES), recent))
        return recent

    def known_after(self, ends: Mapping[PartitionId, LastTick]) -> dict[PartitionId, set[str]]:
        """Return for each partition the ids of its records that may be later than its own last tick."""
        recent = {partition: RecentRecords(tick.sent_at - NEAR_MS) for partition, tick in ends.items()}
        self._read_back(recent)
        return {partition: found.ids for partition, found in recent.items()}

    def _read_back(self, recent: Mapping[PartitionId, RecentRecords]) -> None:
        """Add each partition's records, from its end back to where none is later than wanted."""
        look_back = FIRST_LOOK_BACK * LOOK_BACK_FACTOR
        bounds = {partition: self._watermarks(partition) for partition in recent}
        while bounds:
            begins = {partition: max(low, high - look_back) for partition, (low, high) in bounds.items()}
            reached: set[PartitionId] = set()
            distant: set[PartitionId] = set()
            for message in self._read(begins, bounds):
                value, partition = message.value() or b"", partition_of(message)
                wanted, tick = recent[partition], tick_of(value)
                if tick is None:
                    wanted.add(value, is_near_end=partition not in distant)
                    continue
                (distant.add if tick.sent_at < wanted.since else distant.discard)(partition)
                if tick.sent_at < wanted.since + NEAR_MS - REACH_MS:
                    reached.add(partition)
            bounds = {
                partition: (low, begins[partition])
                for partition, (low, _) in bounds.items()
                if partition not in reached and begins[partition] > low
            }
            look_back *= RECORDS_LOOK_BACK_FACTOR

    def _bounds(self, *topics: Topic) -> Bounds:
        return {partition: self._watermarks(partition) for partition in self.partitions(*topics)}

    def _watermarks(self, partition: PartitionId, consumer: Consumer | None = None) -> tuple[int, int]:
        asked = consumer or self._consumer
        try:
            low, high = asked.get_watermark_offsets(TopicPartition(*partition), timeout=ANSWER_SECONDS)
        except KafkaException as error:
            raise KafkaAwayError(str(error)) from error
        return low, high

    def _read(self, begins: dict[PartitionId, int], bounds: Bounds) -> Iterator[Message]:
        """Yield the committed records from `begins` up to the upper bounds."""
        self._consumer.assign([TopicPartition(*partition, at) for partition, at in begins.items()])
        unread = {partition for partition, at in begins.items() if at < bounds[partition][1]}
        silent = 0
        while unread and silent < MAX_SILENT_POLLS:
            messages = self._consumer.consume(2000, timeout=POLL_SECONDS)
            silent = 0 if messages else silent + 1
            for message in messages:
                yield from self._within(message, unread, bounds)
        self._consumer.unassign()
        if unread:
            raise KafkaAwayError(f"{len(unread)} partitions could not be read back")

    def _within(self, message: Message, unread: set[PartitionId], bounds: Bounds) -> Iterator[Message]:
        """Yield the message if it is below its partition's upper bound, else count the partition as read."""
        error, partition = message.error(), partition_of(message)
        if error is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                unread.discard(partition)
            elif not error.retriable():
                raise KafkaAwayError(str(error))
        elif (message.offset() or 0) < bounds[partition][1]:
            yield message
        else:
            unread.discard(partition)


def partition_of(message: Message) -> PartitionId:
    """Return the message's partition."""
    return message.topic() or "", message.partition() or 0


def tick_of(value: bytes) -> LastTick | None:
    """Return the tick in a record, None if it is something else."""
    try:
        header = read_header(value)
    except msgspec.DecodeError:
        return None
    if header.kind != "tick" or header.spool_id is None or header.spool_position is None:
        return None
    return LastTick(header.sent_at, header.spool_id, header.spool_position, header.format_version)


LogReader = Callable[[], KafkaLog]
