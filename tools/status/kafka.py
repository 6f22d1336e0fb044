"""Asks Kafka for the age of the last tick and for what lies in front of each consumer group."""

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
from status.facts import Away, Broker, Group

ANSWER_SECONDS = 1.8  # a little less than the probe's deadline
TAIL = 50  # records of one partition; each transaction ends with a tick in every partition
GROUPS = ("recorder", "clip-creator", "chat-inspector")


def ask_ticks(settings: KafkaSettings) -> Broker | Away:
    """The age of the last tick, from the end of the first partition."""
    try:
        with TopicReader(consumer_config(settings, "status"), CHAT_MESSAGES.name, (0,), ANSWER_SECONDS) as reader:
            reader.skip_to_last(TAIL)
            last = _last_tick(reader.read_to_end())
    except KafkaException as error:
        return Away(reason(error))
    return Broker(None if last is None else max(0.0, time.time() - last / 1000))


def _last_tick(records: Iterable[Message]) -> int | None:
    """Milliseconds since 1970 UTC of the last tick among the records."""
    last = None
    for record in records:
        try:
            message = decode(CHAT_MESSAGES.name, record.value() or b"")
        except ContractError:
            continue
        if isinstance(message, Tick):
            last = message.sent_at
    return last


def ask_groups(settings: KafkaSettings) -> Mapping[str, Group] | Away:
    """Members and lag of each group."""
    admin = AdminClient(connection(settings))
    try:
        described = admin.describe_consumer_groups(list(GROUPS), request_timeout=ANSWER_SECONDS)
        committed: dict[str, Future[Any]] = {}
        for group in GROUPS:
            request = [ConsumerGroupTopicPartitions(group)]
            committed |= admin.list_consumer_group_offsets(request, request_timeout=ANSWER_SECONDS)
        offsets = {group: _offsets(answer) for group, answer in committed.items()}
        ends = _ends(admin, {place for places in offsets.values() for place in places})
        members = {group: len(answer.result(ANSWER_SECONDS).members) for group, answer in described.items()}
    except (KafkaException, TimeoutError) as error:
        return Away(reason(error))
    return {
        group: Group(members[group], sum(max(0, ends[place] - offset) for place, offset in offsets[group].items()))
        for group in GROUPS
    }


Place = tuple[str, int]  # topic and partition


def _offsets(answer: "Future[Any]") -> dict[Place, int]:
    places = answer.result(ANSWER_SECONDS).topic_partitions or []
    return {(each.topic, each.partition): each.offset for each in places if each.offset >= 0}


def _ends(admin: AdminClient, places: set[Place]) -> dict[Place, int]:
    if not places:
        return {}
    wanted = {TopicPartition(topic, number): OffsetSpec.latest() for topic, number in places}
    answers = admin.list_offsets(wanted, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=ANSWER_SECONDS)
    return {(each.topic, each.partition): answer.result(ANSWER_SECONDS).offset for each, answer in answers.items()}


def reason(error: KafkaException | TimeoutError) -> str:
    """What went wrong, in librdkafka's words."""
    cause = error.args[0] if error.args else error
    if isinstance(cause, KafkaError):
        away = (KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE)
        return "no answer from the broker" if cause.code() in away else cause.str()[:150]
    return "no answer from the broker"
