"""A power cut takes what Kafka has not synced: which topics lose their end, who notices, and who sends it again."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from faults.disk import why_not
from faults.kafka_machine import KafkaMachine, set_config
from integration.stream_monitoring.test_takeover_from_kafka import (
    committed,
    forwarder_of,
    holder,
    own_tick,
    reader,
    records,
)

from clip_detector.recovery.log_ends import LogEnds
from contracts import topics
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from service_runtime.settings import KafkaSettings
from service_runtime.topic_setup import create_topics
from stream_monitoring.forwarding.kafka_log import TICKED
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.spool import Spool, SpoolLimits

MEGABYTES = 512
FLUSHED_SECONDS = topics.FLUSH_MS / 1000 + 2.5  # the flusher looks each second, and a second after the start
ANSWER_SECONDS = 10.0
LATER = (topics.CHAT_MESSAGES, topics.JOB_PROGRESS, topics.EMOTE_COUNTS)
HELD_BACK = {"flush.ms": "3600000"}  # longer than the test takes, so that the cut cannot come too late
AT = 1_790_000_000_000
EARLY, LATE = (
    b'{"kind":"message","sent_at":%d,"message_id":"%s"}' % (AT + ms, name)
    for ms, name in ((100, b"early"), (1100, b"late"))
)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[KafkaMachine]:
    """A machine whose broker runs."""
    if why_not():
        pytest.skip(why_not())
    made = KafkaMachine(tmp_path, MEGABYTES)
    try:
        made.kafka.start()
        create_topics(AdminClient({"bootstrap.servers": made.kafka.bootstrap_servers}))
        yield made
    finally:
        made.close()


def test_what_a_power_cut_takes_is_noticed_and_sent_again(machine: KafkaMachine, tmp_path: Path) -> None:
    kafka, spool = machine.kafka, Spool(tmp_path / "spool", SpoolLimits())
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap_servers)
    ends = LogEnds(settings)
    last = holder(kafka)
    for number, value in enumerate((EARLY, LATE)):
        if value == LATE:
            time.sleep(FLUSHED_SECONDS)
            before = ends.now()
            set_config(kafka, LATER, HELD_BACK)
        tick = own_tick(spool, AT + 1000 * (number + 1), spool.end + 2)
        last.send([spool.append([b"12826", value, TICK_KEY, tick], AT + 1000 * (number + 1))], tick)
        produce_to_the_others(kafka, value)
    commit_offset(kafka, 1)
    after = ends.now()
    assert before, after
    machine.cut_power()
    machine.power_on()

    late = {topic.name for topic in topics.ALL if LATE in [each.value for each in records(kafka, topic.name)]}
    synced_later = {topic.name for topic in LATER}
    assert late == {topic.name for topic in topics.ALL} - synced_later - {topics.STREAM_LIFECYCLE.name}
    with reader(kafka) as log:
        assert {tick.sent_at for tick in log.last_ticks(topics.STREAM_LIFECYCLE).values()} == {AT + 2000}
        assert {tick.sent_at for tick in log.last_ticks(topics.CHAT_MESSAGES).values()} == {AT + 1000}
    assert committed_offset(kafka) == 1, "group offsets are synced"
    assert all(EARLY in [each.value for each in records(kafka, name)] for name in synced_later), "flush.ms is obeyed"
    assert before, "the detector's checkpoints of that time are safe"
    assert [LogEnds(settings).are_kept(each) for each in (before, after or {})] == [True, False]

    forwarder = forwarder_of(kafka, spool)
    forwarder._resume(holder(kafka))
    with reader(kafka) as log:
        wait_for("every partition is decided", lambda: log.open_transactions() == [], 30)
        assert {tick.sent_at for tick in log.last_ticks(*TICKED).values()} == {AT + 2000}
    assert forwarder.position == spool.end
    assert [committed(kafka).count(each) for each in (EARLY, LATE)] == [1, 1]
    assert not LogEnds(settings).are_kept(after or {}), "the same record at another offset is not the same"


def produce_to_the_others(kafka: Kafka, value: bytes) -> None:
    """Write the value to each topic that no transaction of the forwarder ends with a tick."""
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers, "acks": "all"})
    for topic in topics.ALL:
        if topic not in TICKED:
            producer.produce(topic.name, value, key=value)
    assert producer.flush(ANSWER_SECONDS) == 0


def group(kafka: Kafka) -> Consumer:
    return Consumer({"bootstrap.servers": kafka.bootstrap_servers, "group.id": "a reader"})


def commit_offset(kafka: Kafka, offset: int) -> None:
    consumer = group(kafka)
    consumer.commit(offsets=[TopicPartition(topics.MOMENTS.name, 0, offset)], asynchronous=False)
    consumer.close()


def committed_offset(kafka: Kafka) -> int:
    consumer = group(kafka)
    (found,) = consumer.committed([TopicPartition(topics.MOMENTS.name, 0)], ANSWER_SECONDS)
    consumer.close()
    return int(found.offset)
