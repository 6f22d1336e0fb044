"""The reader against a real broker: it ends where the topic ends, whatever kind of offset stands there."""

import time
from collections.abc import Iterable
from uuid import uuid4

import pytest
from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.topics import CHAT_MESSAGES
from embedded.servers.kafka import Kafka
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader

ANSWER_SECONDS = 30.0


def reader_of(bootstrap_servers: str, silent_seconds: float = 20.0) -> TopicReader:
    settings = KafkaSettings(bootstrap_servers=bootstrap_servers, username=None, password_file=None)
    return TopicReader(consumer_config(settings, "reads"), CHAT_MESSAGES.name, silent_seconds=silent_seconds)


def fail_on_error(error: KafkaError | None, _message: Message) -> None:
    assert error is None, error


def send(bootstrap_servers: str, *values: str, partition: int = 0) -> None:
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    for value in values:
        producer.produce(CHAT_MESSAGES.name, value.encode(), partition=partition, on_delivery=fail_on_error)
    assert producer.flush(ANSWER_SECONDS) == 0


def in_transaction(bootstrap_servers: str, *values: str) -> Producer:
    producer = Producer({"bootstrap.servers": bootstrap_servers, "transactional.id": uuid4().hex})
    producer.init_transactions(ANSWER_SECONDS)
    producer.begin_transaction()
    for value in values:
        producer.produce(CHAT_MESSAGES.name, value.encode(), partition=0)
    assert producer.flush(ANSWER_SECONDS) == 0
    return producer


def values(messages: Iterable[Message]) -> list[str]:
    return sorted((each.value() or b"").decode() for each in messages)


def test_each_read_brings_what_came_since_the_last(empty_topics: str):
    with reader_of(empty_topics) as reader:
        assert values(reader.read_to_end()) == []
        send(empty_topics, "a", "b")
        send(empty_topics, "c", partition=1)
        assert values(reader.read_to_end()) == ["a", "b", "c"]
        send(empty_topics, "d", partition=1)
        assert values(reader.read_to_end()) == ["d"]


def test_a_read_that_was_left_goes_on_where_it_was(empty_topics: str):
    send(empty_topics, "a", "b", "c")
    with reader_of(empty_topics) as reader:
        assert next(reader.read_to_end()).value() == b"a"
        assert values(reader.read_to_end()) == ["b", "c"]


def test_an_end_without_a_record_is_an_end(empty_topics: str):
    """The last offset of a committed transaction is its marker."""
    in_transaction(empty_topics, "a").commit_transaction(ANSWER_SECONDS)
    in_transaction(empty_topics, "never").abort_transaction(ANSWER_SECONDS)
    with reader_of(empty_topics) as reader:
        assert values(reader.read_to_end()) == ["a"]


def test_an_open_transaction_ends_the_read(empty_topics: str):
    send(empty_topics, "a")
    open_transaction = in_transaction(empty_topics, "b")
    send(empty_topics, "c")
    with reader_of(empty_topics) as reader:
        assert values(reader.read_to_end()) == ["a"]
        open_transaction.commit_transaction(ANSWER_SECONDS)
        assert values(reader.read_to_end()) == ["b", "c"]


def test_it_stops_at_the_end_seen_at_the_start(empty_topics: str):
    send(empty_topics, "a", "b")
    with reader_of(empty_topics) as reader:
        ends = {number: end for number, (_, end) in reader.bounds().items()}
        send(empty_topics, "c")
        send(empty_topics, "d", partition=1)
        assert values(reader.read_to(ends)) == ["a", "b"]


def test_only_the_last_records_are_read(empty_topics: str):
    send(empty_topics, "a", "b", "c")
    with reader_of(empty_topics) as reader:
        reader.skip_to_last(2)
        assert values(reader.read_to_end()) == ["b", "c"]


def test_the_first_record_since_a_time_is_found(empty_topics: str):
    send(empty_topics, "a", "b")
    with reader_of(empty_topics) as reader:
        (first, *_) = reader.read_to_end()
        ends = {number: end for number, (_, end) in reader.bounds().items()}
        assert reader.offsets_at({0: 0}) == {0: first.offset()}
        assert reader.offsets_at(dict.fromkeys(ends, first.timestamp()[1] + 10**6)) == ends


def test_deleted_records_are_skipped(empty_topics: str):
    send(empty_topics, "a", "b")
    with reader_of(empty_topics) as reader:
        begin, _ = reader.bounds()[0]
        upto = TopicPartition(CHAT_MESSAGES.name, 0, begin + 1)
        admin = AdminClient({"bootstrap.servers": empty_topics})
        for answer in admin.delete_records([upto]).values():
            answer.result(ANSWER_SECONDS)
        assert values(reader.read_to_end()) == ["b"]


def test_an_end_is_noticed_at_once(empty_topics: str):
    send(empty_topics, "a")
    with reader_of(empty_topics) as reader:
        assert values(reader.read_to_end()) == ["a"]
        began = time.monotonic()
        for _ in range(5):
            assert values(reader.read_to_end()) == []
        assert time.monotonic() - began < 2.5  # 0.1 s alone; librdkafka's own fetch wait would make it 2.5 s


def test_a_broker_that_went_away_is_reported_in_time(own_kafka: Kafka):
    with reader_of(own_kafka.bootstrap_servers, silent_seconds=2.0) as reader:
        assert values(reader.read_to_end()) == []
        own_kafka.stop()
        began = time.monotonic()
        with pytest.raises(KafkaException) as caught:
            values(reader.read_to_end())
        assert caught.value.args[0].code() in (KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN)
        assert time.monotonic() - began < 4.0
