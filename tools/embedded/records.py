"""Reads a whole topic, for tests and recounts."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message
from confluent_kafka.admin import AdminClient

from embedded.processes.waiting import wait_for
from service_runtime.kafka import connection, consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader

GROUP = "reads-it-whole"
METADATA_SECONDS = 10.0
DECIDED_SECONDS = 25.0  # a commit is seen milliseconds after its acknowledgement; what nobody ends is aborted in 20 s
POLL_SECONDS = 0.02
Bounds = dict[int, tuple[int, int]]  # partition to its first offset and the one after its last


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
    settings = KafkaSettings(bootstrap_servers=bootstrap_servers, username=None, password_file=None)
    admin = AdminClient(connection(settings))
    partitions = list(admin.list_topics(topic, METADATA_SECONDS).topics[topic].partitions)
    uncommitted = consumer_config(settings, GROUP, **{"isolation.level": "read_uncommitted"})
    with TopicReader(uncommitted, topic, partitions) as everything:
        written = {number: end for number, (_, end) in _bounds(everything).items()}
    with TopicReader(consumer_config(settings, GROUP), topic, partitions) as reader:
        yield from map(_record, reader.read_to(_decided_ends(reader, written)))


def _decided_ends(reader: TopicReader, written: dict[int, int]) -> dict[int, int]:
    """The end of what is decided in each partition, once that is all that was written or the time is up."""
    until = time.monotonic() + DECIDED_SECONDS
    while True:
        decided = {number: end for number, (_, end) in _bounds(reader).items()}
        if all(decided[number] >= end for number, end in written.items()) or time.monotonic() > until:
            return decided
        time.sleep(POLL_SECONDS)


def _bounds(reader: TopicReader) -> Bounds:
    """Where the partitions begin and end; a topic that was made a moment ago is waited for: it has no leader."""
    return wait_for("the topic has leaders", partial(_bounds_now, reader), METADATA_SECONDS)


def _bounds_now(reader: TopicReader) -> Bounds | None:
    try:
        return reader.bounds()
    except KafkaException as error:
        if error.args[0].code() == KafkaError.NOT_LEADER_FOR_PARTITION:
            return None
        raise


def _record(message: Message) -> Record:
    _, timestamp = message.timestamp()
    return Record(message.topic(), message.partition(), message.offset(), message.key(), message.value(), timestamp)
