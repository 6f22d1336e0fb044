"""A new holder reads back what Kafka has only when all of it is decided."""

import shutil
import threading
import time
from pathlib import Path

import pytest
from confluent_kafka import Producer

from contracts.topics import CHAT_MESSAGES
from embedded.kafka import Kafka
from embedded.records import read_topic
from embedded.waiting import wait_for
from service_runtime.kafka import consumer_config, producer_config
from service_runtime.settings import KafkaSettings
from stream_monitoring import succession
from stream_monitoring.batch import TICK_KEY
from stream_monitoring.frame import Frame
from stream_monitoring.kafka_log import KafkaAwayError, KafkaLog
from stream_monitoring.spool import Spool, SpoolLimits
from stream_monitoring.succession import beginning
from stream_monitoring.transactions import PRODUCER_SETTINGS, Transactions

ANSWER_SECONDS = 10.0
PARTITION = 3
COORDINATOR = "__transaction_state-*"
BATCH_HEAD = 12  # bytes: the base offset (8) and the length of what follows


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


LATER_TICK = TICK.replace(b'"spool_position":7', b'"spool_position":9')
MESSAGE = b'{"kind":"message","sent_at":1790000000500,"message_id":"twice?"}'


def holder(kafka: Kafka) -> Transactions:
    config = producer_config(KafkaSettings(bootstrap_servers=kafka.bootstrap_servers), **PRODUCER_SETTINGS)
    with reader(kafka) as log:
        wait_for("every partition has its leader", lambda: undecided(log) is not None, 60)
        return Transactions(config, log.half_committed)


def undecided(log: KafkaLog) -> list[int] | None:
    """The partitions with an open transaction; None from a broker that is not quite up."""
    try:
        return log.unfinished()
    except KafkaAwayError:
        return None


def one_frame() -> list[Frame]:
    return [Frame(0, [b"12826", MESSAGE, TICK_KEY, TICK], 1_790_000_000_000, 0)]


def is_at_rest(data: Path) -> bool:
    """Whether the coordinator's log does not grow."""
    sizes = [each.stat().st_size for each in data.glob(f"{COORDINATOR}/*.log")]
    time.sleep(1.0)
    return sizes == [each.stat().st_size for each in data.glob(f"{COORDINATOR}/*.log")]


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


def test_what_the_coordinator_forgot_of_the_last_holder_is_not_committed_by_the_next(
    own_kafka: Kafka, tmp_path: Path
) -> None:
    """A broker that ended badly may have the records of a transaction, and no memory that it was begun."""
    last = holder(own_kafka)
    last.send([Frame(0, [TICK_KEY, TICK], 1_790_000_000_000, 0)], TICK)
    data = own_kafka.directory / "data"
    wait_for("the coordinator has written what it knows", lambda: is_at_rest(data), 30)
    memory = [shutil.copytree(each, tmp_path / each.name) for each in data.glob(COORDINATOR)]
    last._producer.begin_transaction()
    last._produce_frame(one_frame()[0])
    last._produce_tick(LATER_TICK)
    assert last._producer.flush(ANSWER_SECONDS) == 0
    own_kafka.kill()
    for partition in memory:
        shutil.rmtree(data / partition.name)
        shutil.copytree(partition, data / partition.name)
    own_kafka.stop()
    own_kafka.start()
    following = holder(own_kafka)
    with reader(own_kafka) as log:
        wait_for("every partition is decided", lambda: log.unfinished() == [], 30)
    following.send(one_frame(), LATER_TICK)
    assert [each.value for each in read_topic(own_kafka.bootstrap_servers, CHAT_MESSAGES.name)].count(MESSAGE) == 1


def test_a_commit_that_reached_some_partitions_only_is_finished(own_kafka: Kafka) -> None:
    """A broker that is killed in a commit takes it for complete when it is back, whatever its partitions have."""
    last = holder(own_kafka)
    last.send([Frame(0, [TICK_KEY, TICK], 1_790_000_000_000, 0)], TICK)
    last.send(one_frame(), LATER_TICK)
    data = own_kafka.directory / "data"
    wait_for("the coordinator has written what it knows", lambda: is_at_rest(data), 30)
    own_kafka.kill()
    for number in range(1, CHAT_MESSAGES.partitions):
        cut_last_batch(data / f"{CHAT_MESSAGES.name}-{number}")
    own_kafka.stop()
    own_kafka.start()
    with reader(own_kafka) as log:
        cut = [*range(1, CHAT_MESSAGES.partitions)]
        wait_for("the marks are missing", lambda: undecided(log) == cut, 60)
        assert MESSAGE not in committed(own_kafka)
        holder(own_kafka)
        wait_for("every partition is decided", lambda: log.unfinished() == [], 30)
        assert len(set(log.last_ticks().values())) == 1
    assert committed(own_kafka).count(MESSAGE) == 1


def cut_last_batch(partition: Path) -> None:
    """Take the last record batch off a partition's log: the mark of its last transaction. The broker is down."""
    (log,) = partition.glob("*.log")
    content, at, last = log.read_bytes(), 0, 0
    while at + BATCH_HEAD <= len(content):
        last, at = at, at + BATCH_HEAD + int.from_bytes(content[at + 8 : at + BATCH_HEAD])
    log.write_bytes(content[:last])


def committed(kafka: Kafka) -> list[bytes | None]:
    """The values of all that is committed."""
    return [each.value for each in read_topic(kafka.bootstrap_servers, CHAT_MESSAGES.name)]
