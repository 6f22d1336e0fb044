"""Reads a whole topic, for tests and recounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from embedded.waiting import wait_for

BATCH_SECONDS = 0.2  # a batch is whatever came meanwhile
METADATA_SECONDS = 10.0


@dataclass(frozen=True)
class Record:
    """One record as it lies in Kafka."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int


def read_topic(bootstrap_servers: str, topic: str, committed_only: bool = True) -> list[Record]:
    """Every record from the start to the present end, partition by partition in order. Raises KafkaException."""
    records = iterate_topic(bootstrap_servers, topic, committed_only)
    return sorted(records, key=lambda each: (each.partition, each.offset))


def iterate_topic(bootstrap_servers: str, topic: str, committed_only: bool = True) -> Iterator[Record]:
    """Every record up to the present end of each partition, as they come. Raises KafkaException."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "reads-it-whole",
            "isolation.level": "read_committed" if committed_only else "read_uncommitted",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",  # where the first records were deleted
            "log_level": 0,
        }
    )
    try:
        partitions = consumer.list_topics(topic, METADATA_SECONDS).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
        yield from _until_the_end(consumer, topic, _ends(consumer, topic, list(partitions)))
    finally:
        consumer.close()


def _marks(consumer: Consumer, topic: str, partition: int) -> tuple[int, int] | None:
    """Where the partition begins and ends; None while it has no leader: a topic that was made a moment ago."""
    try:
        begin, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), METADATA_SECONDS)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.NOT_LEADER_FOR_PARTITION:
            return None
        raise
    return begin, end


def _ends(consumer: Consumer, topic: str, partitions: list[int]) -> dict[int, int]:
    """The present end of each partition that has something to read."""
    marks = {
        number: found
        for number in partitions
        if (found := wait_for(f"{topic} has a leader", partial(_marks, consumer, topic, number), METADATA_SECONDS))
    }
    return {number: end for number, (start, end) in marks.items() if start < end}


def _until_the_end(consumer: Consumer, topic: str, ends: dict[int, int]) -> Iterator[Record]:
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
