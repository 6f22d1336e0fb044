"""Queries Kafka for the age of the last tick and the lag of each consumer group."""

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec

from contracts.chat_messages import Tick
from contracts.codec import ContractError, decode
from contracts.topics import CHAT_MESSAGES
from service_runtime.kafka import connection, consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader
from status.facts import Broker, Group, NoAnswer

TIMEOUT_SECONDS = 1.8  # slightly below the probe's deadline
TAIL = 50  # records of one partition; each transaction ends with a tick in every partition
GROUPS = ("recorder", "clip-creator", "chat-inspector")


def query_ticks(settings: KafkaSettings) -> Broker | NoAnswer:
    """Return the age of the last tick, read from the end of the first partition."""
    try:
        with TopicReader(consumer_config(settings, "status"), CHAT_MESSAGES.name, (0,), TIMEOUT_SECONDS) as reader:
            reader.skip_to_last(TAIL)
            last = _last_tick(reader.read_to_end())
    except KafkaException as error:
        return NoAnswer(reason(error))
    return Broker(None if last is None else max(0.0, time.time() - last / 1000))


def _last_tick(records: Iterable[Message]) -> int | None:
    """Return the last tick among the records, in milliseconds since 1970 UTC."""
    last = None
    for record in records:
        try:
            message = decode(CHAT_MESSAGES.name, record.value() or b"")
        except ContractError:
            continue
        if isinstance(message, Tick):
            last = message.sent_at
    return last


def query_groups(settings: KafkaSettings) -> Mapping[str, Group] | NoAnswer:
    """Return members and lag of each group."""
    admin = AdminClient(connection(settings))
    try:
        described = admin.describe_consumer_groups(list(GROUPS), request_timeout=TIMEOUT_SECONDS)
        committed: dict[str, Future[Any]] = {}
        for group in GROUPS:
            request = [ConsumerGroupTopicPartitions(group)]
            committed |= admin.list_consumer_group_offsets(request, request_timeout=TIMEOUT_SECONDS)
        offsets = {group: _offsets(answer) for group, answer in committed.items()}
        ends = _ends(admin, {partition for of_group in offsets.values() for partition in of_group})
        members = {group: len(answer.result(TIMEOUT_SECONDS).members) for group, answer in described.items()}
    except (KafkaException, TimeoutError) as error:
        return NoAnswer(reason(error))
    return {
        group: Group(
            members[group], sum(max(0, ends[partition] - offset) for partition, offset in offsets[group].items())
        )
        for group in GROUPS
    }


Partition = tuple[str, int]  # topic and number


def _offsets(answer: "Future[Any]") -> dict[Partition, int]:
    partitions = answer.result(TIMEOUT_SECONDS).topic_partitions or []
    return {(each.topic, each.partition): each.offset for each in partitions if each.offset >= 0}


def _ends(admin: AdminClient, partitions: set[Partition]) -> dict[Partition, int]:
    if not partitions:
        return {}
    wanted = {TopicPartition(topic, number): OffsetSpec.latest() for topic, number in partitions}
    answers = admin.list_offsets(wanted, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=TIMEOUT_SECONDS)
    return {(each.topic, each.partition): answer.result(TIMEOUT_SECONDS).offset for each, answer in answers.items()}


def reason(error: KafkaException | TimeoutError) -> str:
    """Return a short reason."""
    cause = error.args[0] if error.args else error
    if isinstance(cause, KafkaError):
        unreachable = (KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE)
        return "no answer from the broker" if cause.code() in unreachable else cause.str()[:150]
    return "no answer from the broker"
