"""Reads a whole topic, for tests."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message

from embedded.processes.waiting import wait_for
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader

GROUP = "reads-it-whole"
METADATA_SECONDS = 10.0
# A commit is visible milliseconds after its acknowledgement; an abandoned one is aborted after 20 s, or 30.
DECIDED_SECONDS = 35.0
POLL_SECONDS = 0.02
Bounds = dict[int, tuple[int, int]]  # partition to its first offset and the one after its last


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record of a topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int


def read_topic(bootstrap_servers: str, topic: str) -> list[Record]:
    """Return every committed record up to the current end, by partition and offset. Raises as `iterate_topic`."""
    return sorted(iterate_topic(bootstrap_servers, topic), key=lambda each: (each.partition, each.offset))


def iterate_topic(bootstrap_servers: str, topic: str) -> Iterator[Record]:
    """Yield every committed record up to the current end of each partition, in order of arrival.

    Waits up to `DECIDED_SECONDS` for open transactions and leaves out those that stay open longer.
    Raises KafkaException, and TooLateError if a partition has no leader.
    """
    settings = KafkaSettings(bootstrap_servers=bootstrap_servers, username=None, password_file=None)
    uncommitted = consumer_config(settings, GROUP, **{"isolation.level": "read_uncommitted"})
    with TopicReader(uncommitted, topic) as everything:
        written = {number: end for number, (_, end) in _bounds(everything).items()}
    with TopicReader(consumer_config(settings, GROUP), topic) as reader:
        yield from map(_record, reader.read_to(_decided_ends(reader, written)))


def _decided_ends(reader: TopicReader, written: dict[int, int]) -> dict[int, int]:
    """Return the end of the decided records of each partition, once all are decided or the time is up."""
    until = time.monotonic() + DECIDED_SECONDS
    while True:
        decided = {number: end for number, (_, end) in _bounds(reader).items()}
        if all(decided[number] >= end for number, end in written.items()) or time.monotonic() > until:
            return decided
        time.sleep(POLL_SECONDS)


def _bounds(reader: TopicReader) -> Bounds:
    """Return the partitions' bounds; wait for a new topic, which has no leader yet."""
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
    return Record(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        key=message.key(),
        value=message.value(),
        timestamp=timestamp,
    )
