"""How far earlier runs came, read from the topics they wrote."""

from typing import NamedTuple

from confluent_kafka import Consumer, KafkaError, TopicPartition

from contracts import topics
from contracts.codec import ContractError, decode
from contracts.job_progress import JOB
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings

ANSWER_SECONDS = 10.0
GROUP = "clip-detector-start"
TAIL = 200  # records read from the end; the last one may be a transaction marker


class LastProgress(NamedTuple):
    """Whether there are results, and the time in milliseconds up to which they are complete, 0 if unknown."""

    has_results: bool
    event_at: int


def read_last_progress(kafka: KafkaSettings) -> LastProgress:
    """Read it from Kafka. Raises KafkaException if it does not answer or a topic is missing."""
    consumer = Consumer(consumer_config(kafka, GROUP, **{"enable.partition.eof": True}))
    try:
        moments = any(  # asked before the first fetch: an answer queued behind a fetch takes half a second
            consumer.get_watermark_offsets(TopicPartition(topics.MOMENTS.name, number), ANSWER_SECONDS)[1]
            for number in range(topics.MOMENTS.partitions)
        )
        event_at = _last_progress(consumer)
        return LastProgress(moments or event_at > 0, event_at)
    finally:
        consumer.close()


def _last_progress(consumer: Consumer) -> int:
    partition = TopicPartition(topics.JOB_PROGRESS.name, 0)
    low, high = consumer.get_watermark_offsets(partition, ANSWER_SECONDS)
    partition.offset = max(low, high - TAIL)
    consumer.assign([partition])
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
