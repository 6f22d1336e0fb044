"""Reads a whole topic, for tests and recounts."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from embedded.processes.waiting import wait_for

BATCH_SECONDS = 0.2  # a batch is whatever came meanwhile
METADATA_SECONDS = 10.0
DECIDED_SECONDS = 25.0  # a commit is seen milliseconds after its acknowledgement; what nobody ends is aborted in 20 s
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Record:
    """One record as it lies in Kafka."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int


def read_topic(bootstrap_servers: str, topic: str) -> list[Record]:
    """Every committed record up to the present end, partition by partition in order. Raises as `iterate_topic`."""
    return sorted(iterate_topic(bootstrap_servers, topic), key=lambda each: (each.partition, each.offset))


def iterate_topic(bootstrap_servers: str, topic: str) -> Iterator[Record]:
    """Every committed record up to the present end of each partition, as they come.

    What is not decided yet is waited for, `DECIDED_SECONDS` at most: a transaction that stays open longer is left out.
    Raises KafkaException, and TooLateError where a partition has no leader.
    """
    consumer = _consumer(bootstrap_servers, "read_committed")
    try:
        partitions = list(consumer.list_topics(topic, METADATA_SECONDS).topics[topic].partitions)
        ends = _ends(consumer, topic, _written(bootstrap_servers, topic, partitions))
        consumer.assign([TopicPartition(topic, number, 0) for number in ends])
        yield from _until_the_end(consumer, ends)
    finally:
        consumer.close()


def _consumer(bootstrap_servers: str, isolation: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "reads-it-whole",
            "isolation.level": isolation,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",  # where the first records were deleted
            "log_level": 0,
        }
    )


def _written(bootstrap_servers: str, topic: str, partitions: list[int]) -> dict[int, int]:
    """The end of all that was written in each partition, decided or not."""
    consumer = _consumer(bootstrap_servers, "read_uncommitted")
    try:
        return {number: _marks(consumer, topic, number)[1] for number in partitions}
    finally:
        consumer.close()


def _marks(consumer: Consumer, topic: str, partition: int) -> tuple[int, int]:
    """Where the partition begins and ends; a topic that was made a moment ago is waited for: it has no leader."""
    return wait_for(f"{topic} has a leader", partial(_marks_now, consumer, topic, partition), METADATA_SECONDS)


def _marks_now(consumer: Consumer, topic: str, partition: int) -> tuple[int, int] | None:
    try:
        begin, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), METADATA_SECONDS)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.NOT_LEADER_FOR_PARTITION:
            return None
        raise
    return begin, end


def _ends(consumer: Consumer, topic: str, written: Mapping[int, int]) -> dict[int, int]:
    """The end of what is decided in each partition that has something to read.

    Asked before anything is assigned: behind a fetch that waits for records each question takes half a second.
    """
    until = time.monotonic() + DECIDED_SECONDS
    ends: dict[int, int] = {}
    for number, end in written.items():
        begin, decided = _marks(consumer, topic, number)
        while decided < end and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
            begin, decided = _marks(consumer, topic, number)
        if begin < decided:
            ends[number] = decided
    return ends


def _until_the_end(consumer: Consumer, ends: Mapping[int, int]) -> Iterator[Record]:
    """Up to `ends`. A live topic goes on growing, so waiting for a moment without records would never end; and the
    last offset may be a transaction's mark, which is no record, so the end of the partition counts as well."""
    unread = dict(ends)
    while unread:
        for each in consumer.consume(1000, BATCH_SECONDS):
            error = each.error()
            if error is None:
                _, timestamp = each.timestamp()
                if each.offset() < ends.get(each.partition(), 0):
                    yield Record(each.topic(), each.partition(), each.offset(), each.key(), each.value(), timestamp)
                if each.offset() >= ends.get(each.partition(), 0) - 1:
                    unread.pop(each.partition(), None)
            elif error.code() == KafkaError._PARTITION_EOF:
                unread.pop(each.partition(), None)
            else:
                raise KafkaException(error)
