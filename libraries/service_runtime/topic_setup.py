"""Creates the contract's topics and updates their settings: `python -m service_runtime.topic_setup`."""

import time
from collections.abc import Iterable, Mapping, Sequence

import structlog
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

from contracts.topics import ALL, DEFAULT, PAIRED, Partitions, Topic
from service_runtime import logs
from service_runtime.kafka import connection
from service_runtime.settings import KafkaSettings, LogSettings, TopicSettings, load_all

log = structlog.get_logger()
BROKER_SECONDS = 120.0  # a broker recovers its logs after a power cut
REQUEST_SECONDS = 30.0
POLL_SECONDS = 1.0
LEADER_POLL_SECONDS = 0.1
ATTEMPT_SECONDS = 3.0  # a question that met a topic too new to be known is not answered until half a minute later
ONE_BROKER = 1  # replicas
MOST_REFUSALS = 3  # of the password, before waiting is of no use


class TopicMismatchError(Exception):
    """Topics that must have the same number of partitions differ: keys would be in the wrong partitions."""


def create_topics(admin: AdminClient, partitions: Partitions = DEFAULT, topics: Sequence[Topic] = ALL) -> list[str]:
    """Create missing topics and update settings; return the names of the new topics.

    A topic that exists keeps its number of partitions, and a missing one gets that of its like: `partitions` decides
    where there is none yet. Raises TopicMismatchError, KafkaException if the broker refuses, TimeoutError.
    """
    there = _counts(admin)
    counts = planned(there, partitions, topics)
    _check_pairs(counts)
    _report_kept(there, partitions, topics)
    missing = [topic for topic in topics if topic.name not in there]
    created = _create(admin, missing, counts)
    _wait_for_leaders(admin, {name: counts[name] for name in created})
    _set_config(admin, [topic for topic in topics if topic.name not in created], counts)
    return created


def planned(there: Mapping[str, int], partitions: Partitions, topics: Sequence[Topic]) -> dict[str, int]:
    """Return how many partitions each topic has or gets; `there`: existing topics with theirs."""
    likes: dict[str, int] = {}
    for topic in topics:
        if topic.name in there:
            likes.setdefault(topic.partitions, there[topic.name])
    return {topic.name: there.get(topic.name, likes.get(topic.partitions, partitions.of(topic))) for topic in topics}


def _counts(admin: AdminClient) -> dict[str, int]:
    found = admin.list_topics(timeout=REQUEST_SECONDS).topics
    return {name: len(topic.partitions) for name, topic in found.items() if topic.error is None}


def _check_pairs(counts: Mapping[str, int]) -> None:
    pair = {topic.name: counts[topic.name] for topic in PAIRED if topic.name in counts}
    if len(set(pair.values())) > 1:
        raise TopicMismatchError(f"these topics need the same number of partitions: {pair}")


def _report_kept(there: Mapping[str, int], partitions: Partitions, topics: Iterable[Topic]) -> None:
    for topic in topics:
        wanted = partitions.of(topic)
        if there.get(topic.name, wanted) != wanted:
            log.warning(
                "a topic keeps the partitions it was created with; the setting is for a first start",
                topic=topic.name,
                partitions=there[topic.name],
                setting=wanted,
            )


def _create(admin: AdminClient, missing: Sequence[Topic], counts: Mapping[str, int]) -> list[str]:
    if not missing:
        return []
    created = []
    wanted = [
        NewTopic(topic.name, counts[topic.name], ONE_BROKER, config=topic.config_for(counts[topic.name]))
        for topic in missing
    ]
    for name, answer in admin.create_topics(wanted, operation_timeout=REQUEST_SECONDS).items():
        try:
            answer.result(REQUEST_SECONDS)
            created.append(name)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    return created


def _wait_for_leaders(admin: AdminClient, counts: Mapping[str, int]) -> None:
    """Wait until clients can use the new partitions."""
    deadline = time.monotonic() + REQUEST_SECONDS
    partitions = [TopicPartition(name, number) for name, count in counts.items() for number in range(count)]
    while partitions:
        wanted = {partition: OffsetSpec.latest() for partition in partitions}
        offsets = admin.list_offsets(wanted, request_timeout=ATTEMPT_SECONDS)
        partitions = [partition for partition, answer in offsets.items() if answer.exception(REQUEST_SECONDS)]
        if partitions and time.monotonic() > deadline:
            raise TimeoutError(f"Kafka chose no leader for {partitions} within {REQUEST_SECONDS:g} s")
        time.sleep(LEADER_POLL_SECONDS if partitions else 0)


def _set_config(admin: AdminClient, topics: Sequence[Topic], counts: Mapping[str, int]) -> None:
    changes = [
        ConfigResource(
            ResourceType.TOPIC,
            topic.name,
            incremental_configs=[
                ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                for key, value in topic.config_for(counts[topic.name]).items()
            ],
        )
        for topic in topics
    ]
    if changes:
        for answer in admin.incremental_alter_configs(changes).values():
            answer.result(REQUEST_SECONDS)


class PasswordRefusedError(Exception):
    """Kafka refuses the password: it keeps that of its first start until it is told of another."""


def wait_for_broker(admin: AdminClient, seconds: float, refusals: Sequence[str] = ()) -> None:
    """Return once the broker answers. Raises TimeoutError, and PasswordRefusedError once it has refused often.

    `refusals`: what a client of `admin_client` has heard so far.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            admin.list_topics(timeout=POLL_SECONDS)
            return
        except KafkaException as error:
            admin.poll(0)
            if len(refusals) >= MOST_REFUSALS:
                raise PasswordRefusedError(f"Kafka refuses the password: {refusals[-1]}") from error
            if time.monotonic() > deadline:
                raise TimeoutError(f"Kafka did not answer within {seconds:g} s: {error.args[0].str()}") from error


def admin_client(settings: KafkaSettings) -> tuple[AdminClient, Sequence[str]]:
    """Return a client, and the list to which it adds how the broker refuses it: `list_topics` says "failure" alone."""
    refusals: list[str] = []

    def hear(error: KafkaError) -> None:
        if error.code() == KafkaError._AUTHENTICATION:
            refusals.append(error.str())

    return AdminClient(connection(settings) | {"log_level": 0, "error_cb": hear}), refusals


def main() -> int:
    """Wait for the broker and create the topics; return 1 if that fails."""
    log_settings, kafka, settings = load_all(LogSettings, KafkaSettings, TopicSettings)
    logs.configure("topic_setup", log_settings.level)
    admin, refusals = admin_client(kafka)
    try:
        wait_for_broker(admin, BROKER_SECONDS, refusals)
        created = create_topics(admin, settings.partitions())
    except (TimeoutError, PasswordRefusedError, TopicMismatchError, KafkaException) as error:
        log.error("topics could not be set up", reason=str(error))
        return 1
    log.info("topics are set up", created=len(created), existed=len(ALL) - len(created))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
