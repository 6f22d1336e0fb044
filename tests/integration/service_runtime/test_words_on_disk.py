"""What people wrote leaves the disk: the contract's settings on a broker whose clock runs 36,000 times as fast.

48 h are 4.8 s here and the hour of a segment 0.1 s. Read are the files, not the topic: a reader would not see what
Kafka has not deleted yet.
"""

import re
import time
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from contracts import topics
from contracts.topics import Partitions, Topic
from embedded.servers.kafka import Kafka
from service_runtime.topic_setup import create_topics

FASTER = 36_000
DELETION_SECONDS = 0.1  # Kafka renames a segment first
CHECK_SECONDS = 0.5  # between two looks for old segments: see the fixture `kafka_server`
SLACK_SECONDS = 1.5  # for a busy machine
TICK_SECONDS = 0.1
WORD = re.compile(rb"said-at-(\d{13})")
PARTITIONS = Partitions(chat=2)


def hurried(contract: Topic) -> Topic:
    """Return the topic under another name, its times shorter, and on the disk as it was sent."""
    times = {key: str(int(value) // FASTER) for key, value in contract.config.items() if key.endswith(".ms")}
    plain = {"compression.type": "uncompressed", "file.delete.delay.ms": str(round(DELETION_SECONDS * 1000))}
    return Topic(f"{contract.name}-{uuid4().hex[:8]}", contract.partitions, contract.config | times | plain)


def seconds(topic: Topic, key: str) -> float:
    return int(topic.config[key]) / 1000


def ages(server: Kafka, topic: Topic) -> list[float]:
    """Return the age in seconds of each text in any file of the topic."""
    found: list[float] = []
    for file in (server.directory / "data").glob(f"{topic.name}-*/*"):
        try:
            content = file.read_bytes()
        except FileNotFoundError:  # deleted since
            continue
        found += [time.time() - int(said_at) / 1000 for said_at in WORD.findall(content)]
    return found


@pytest.fixture
def plain(kafka: str) -> Producer:
    return Producer({"bootstrap.servers": kafka, "linger.ms": 0})


def say(producer: Producer, topic: Topic, partition: int = 0) -> None:
    producer.produce(topic.name, b"said-at-%d" % (time.time() * 1000), partition=partition)
    assert producer.flush(10) == 0


def test_no_text_is_on_the_disk_longer_than_its_age(kafka_server: Kafka, plain: Producer) -> None:
    """Chat gets ticks for ever, in one partition after its last text; a dead letter may be the last one for long."""
    chat, letters = hurried(topics.CHAT_MESSAGES), hurried(topics.DEAD_LETTERS)
    create_topics(AdminClient({"bootstrap.servers": kafka_server.bootstrap_servers}), PARTITIONS, [chat, letters])
    age, segment = seconds(chat, "retention.ms"), seconds(chat, "segment.ms")
    limit = age + segment + CHECK_SECONDS + DELETION_SECONDS + SLACK_SECONDS
    began, oldest = time.monotonic(), 0.0
    say(plain, letters)
    while (passed := time.monotonic() - began) < age + limit:
        if passed < age:
            say(plain, chat, partition=0)
        if passed < segment:
            say(plain, chat, partition=1)
        for partition in range(PARTITIONS.chat):
            plain.produce(chat.name, b"tick", partition=partition)
        plain.flush(10)
        oldest = max(oldest, *ages(kafka_server, chat), *ages(kafka_server, letters), 0.0)
        time.sleep(TICK_SECONDS)
    assert age / 2 < oldest < limit  # texts were there, and none for too long
    assert ages(kafka_server, chat) == ages(kafka_server, letters) == []
