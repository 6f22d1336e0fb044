"""A new holder reads back what Kafka has only when all of it is decided."""

import threading
from pathlib import Path

import pytest
from confluent_kafka import Producer

from contracts.topics import CHAT_MESSAGES
from embedded.kafka import Kafka
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings
from stream_monitoring import succession
from stream_monitoring.kafka_log import KafkaLog
from stream_monitoring.spool import Spool, SpoolLimits
from stream_monitoring.succession import beginning

ANSWER_SECONDS = 10.0
PARTITION = 3


@pytest.fixture
def open_transaction(own_kafka: Kafka) -> Producer:
    """A record whose transaction is neither committed nor aborted."""
    producer = Producer({"bootstrap.servers": own_kafka.bootstrap_servers, "transactional.id": "another"})
    producer.init_transactions(ANSWER_SECONDS)
    producer.begin_transaction()
    producer.produce(CHAT_MESSAGES.name, TICK, partition=PARTITION)
    assert producer.flush(ANSWER_SECONDS) == 0
    return producer


TICK = (
    b'{"kind":"tick","schema_version":1,"sent_at":1790000000000,"received_at":1790000000001,"instance":"a",'
    b'"spool_id":"somebody","spool_position":7}'
)


def reader(kafka: Kafka) -> KafkaLog:
    return KafkaLog(consumer_config(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers), "chat-forwarder"))


def test_it_waits_for_a_transaction_that_is_still_open(
    own_kafka: Kafka, open_transaction: Producer, tmp_path: Path
) -> None:
    with reader(own_kafka) as log:
        assert log.unfinished() == [PARTITION]
        commit = threading.Timer(1.0, open_transaction.commit_transaction)
        commit.start()
        assert beginning(log, Spool(tmp_path / "spool", SpoolLimits())).after == 1_790_000_000_000
        commit.join()
        assert log.unfinished() == []


def test_it_waits_no_longer_than_a_transaction_may_last(
    own_kafka: Kafka, open_transaction: Producer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(succession, "UNFINISHED_SECONDS", 0.5)
    with reader(own_kafka) as log:
        assert beginning(log, Spool(tmp_path / "spool", SpoolLimits())).after == 0
    open_transaction.abort_transaction()
