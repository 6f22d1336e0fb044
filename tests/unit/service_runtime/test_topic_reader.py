"""Where the next read begins, whatever librdkafka had fetched beyond the last one."""

from collections.abc import Iterator

import pytest
from confluent_kafka import OFFSET_BEGINNING, KafkaError, Message

from service_runtime.topic_reader import TopicReader

TOPIC = "topic"


def record(partition: int, offset: int) -> Message:
    return Message(topic=TOPIC, partition=partition, offset=offset, value=b"%d:%d" % (partition, offset))


def end_of(partition: int, offset: int) -> Message:
    return Message(topic=TOPIC, partition=partition, offset=offset, error=KafkaError(KafkaError._PARTITION_EOF))


@pytest.fixture
def reader() -> Iterator[TopicReader]:
    """A reader of two partitions; nothing listens where it looks for Kafka."""
    config = {"bootstrap.servers": "127.0.0.1:1", "group.id": "test", "log_level": 0}
    with TopicReader(config, TOPIC, range(2)) as reader:
        yield reader


def test_a_bounded_read_skips_nothing_that_follows(reader: TopicReader):
    unread, ends = {0, 1}, {0: 1, 1: 1}
    fetched = [record(0, 0), record(0, 1), end_of(0, 2), record(1, 0)]
    wanted = [each.value() for each in fetched if reader._advance(each, unread, ends)]
    assert (wanted, unread) == ([b"0:0", b"1:0"], set())
    assert reader._next == {0: 1, 1: 1}


def test_a_marker_at_the_end_is_passed(reader: TopicReader):
    unread = {0}
    assert reader._advance(record(0, 0), unread, {})
    assert not reader._advance(end_of(0, 2), unread, {})
    assert (unread, reader._next) == (set(), {0: 2, 1: OFFSET_BEGINNING})
