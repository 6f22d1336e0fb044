"""Creates the contract's topics and updates their settings: `python -m service_runtime.topic_setup`."""

import sys
import time
from collections.abc import Sequence

from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

from contracts.topics import ALL, Topic
from service_runtime.kafka import connection
from service_runtime.settings import KafkaSettings, load_all

BROKER_SECONDS = 120.0  # a broker recovers its logs after a power cut
REQUEST_SECONDS = 30.0
POLL_SECONDS = 1.0
LEADER_POLL_SECONDS = 0.1
ONE_BROKER = 1  # replicas


class TopicMismatchError(Exception):
    """A topic's partition count differs from the contract: keys would be in the wrong partitions."""


def create_topics(admin: AdminClient, topics: Sequence[Topic] = ALL) -> list[str]:
    """Create missing topics and update settings; return the names of the new topics.

    Raises TopicMismatchError, KafkaException if the broker refuses, TimeoutError.
    """
    wanted = [NewTopic(each.name, each.partitions, ONE_BROKER, config=each.config) for each in topics]
    created = []
    for name, answer in admin.create_topics(wanted, operation_timeout=REQUEST_SECONDS).items():
        try:
            answer.result(REQUEST_SECONDS)
            created.append(name)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    _wait_for_leaders(admin, [topic for topic in topics if topic.name in created])
    _check_partitions(admin, [topic for topic in topics if topic.name not in created])
    _set_config(admin, [topic for topic in topics if topic.name not in created])
    return created


def _wait_for_leaders(admin: AdminClient, topics: Sequence[Topic]) -> None:
    """Wait until clients can use the new partitions."""
    deadline = time.monotonic() + REQUEST_SECONDS
    partitions = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
    while partitions:
        offsets = admin.list_offsets({partition: OffsetSpec.latest() for partition in partitions})
        partitions = [partition for partition, answer in offsets.items() if answer.exception(REQUEST_SECONDS)]
        if partitions and time.monotonic() > deadline:
            raise TimeoutError(f"Kafka chose no leader for {partitions} within {REQUEST_SECONDS:g} s")
        time.sleep(LEADER_POLL_SECONDS if partitions else 0)


def _check_partitions(admin: AdminClient, topics: Sequence[Topic]) -> None:
    for topic in topics:
        there = len(admin.list_topics(topic.name, timeout=REQUEST_SECONDS).topics[topic.name].partitions)
        if there != topic.partitions:
            raise TopicMismatchError(f"{topic.name} has {there} partitions, the contract says {topic.partitions}")


def _set_config(admin: AdminClient, topics: Sequence[Topic]) -> None:
    changes = [
        ConfigResource(
            ResourceType.TOPIC,
            topic.name,
            incremental_configs=[
                ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                for key, value in topic.config.items()
            ],
        )
        for topic in topics
        if topic.config
    ]
    if changes:
        for answer in admin.incremental_alter_configs(changes).values():
            answer.result(REQUEST_SECONDS)


def wait_for_broker(admin: AdminClient, seconds: float) -> None:
    """Return once the broker answers. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            admin.list_topics(timeout=POLL_SECONDS)
            return
        except KafkaException as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Kafka did not answer within {seconds:g} s: {error.args[0].str()}") from error


def main() -> int:
    """Wait for the broker and create the topics; return 1 if that fails."""
    (settings,) = load_all(KafkaSettings)
    assert isinstance(settings, KafkaSettings)
    admin = AdminClient(connection(settings) | {"log_level": 0})
    try:
        wait_for_broker(admin, BROKER_SECONDS)
        created = create_topics(admin)
    except (TimeoutError, TopicMismatchError, KafkaException) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(created)} topics created, {len(ALL) - len(created)} existed\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
