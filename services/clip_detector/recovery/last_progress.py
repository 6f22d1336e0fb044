"""How far earlier runs had come, read from the topics they wrote."""

from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, TopicPartition

from contracts import topics
from contracts.codec import ContractError, decode
from contracts.job_progress import JOB
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings

ANSWER_SECONDS = 10.0
GROUP = "clip-detector-start"
TAIL = 200  # records of the end that are read; the last one may be a transaction's marker


class Standing(NamedTuple):
    """`began`: whether there are results. `event_at`: milliseconds up to which they are complete, 0 if unknown."""

    began: bool
    event_at: int


def read_standing(kafka: KafkaSettings) -> Standing:
    """Ask Kafka; raises KafkaException where it does not answer or lacks a topic."""
    consumer = Consumer(consumer_config(kafka, GROUP, **{"enable.partition.eof": True}))
    try:
        moments = any(  # asked before anything is fetched: an answer that waits behind a fetch takes half a second
            consumer.get_watermark_offsets(TopicPartition(topics.MOMENTS.name, number), ANSWER_SECONDS)[1]
            for number in range(topics.MOMENTS.partitions)
        )
        event_at = _last_progress(consumer)
        return Standing(moments or event_at > 0, event_at)
    finally:
        consumer.close()


def _last_progress(consumer: Consumer) -> int:
    place = TopicPartition(topics.JOB_PROGRESS.name, 0)
    low, high = consumer.get_watermark_offsets(place, ANSWER_SECONDS)
    place.offset = max(low, high - TAIL)
    consumer.assign([place])
    event_at = 0
    while record := consumer.poll(ANSWER_SECONDS):
        error = record.error()
        if error and error.code() == KafkaError._PARTITION_EOF:
            break
        if not error:
            event_at = max(event_at, _event_at(record.value()))
    return event_at


def _event_at(value: bytes | None) -> int:
    if value is None:
        return 0
    try:
        progress = decode(topics.JOB_PROGRESS.name, value)
    except ContractError:
        return 0
    return progress.event_at if progress.job == JOB else 0
