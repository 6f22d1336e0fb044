"""How far earlier runs came, read from the topics they wrote."""

from typing import NamedTuple

from contracts import topics
from contracts.codec import ContractError, decode
from contracts.job_progress import JOB
from service_runtime.kafka import consumer_config
from service_runtime.settings import KafkaSettings
from service_runtime.topic_reader import TopicReader

ANSWER_SECONDS = 10.0
GROUP = "clip-detector-start"
TAIL = 200  # records read from the end; the last one may be a transaction marker


class LastProgress(NamedTuple):
    """Whether there are results, and the time in milliseconds up to which they are complete, 0 if unknown."""

    has_results: bool
    event_at: int


def read_last_progress(kafka: KafkaSettings) -> LastProgress:
    """Read it from Kafka. Raises KafkaException if it does not answer or a topic is missing."""
    config = consumer_config(kafka, GROUP)
    with TopicReader(config, topics.MOMENTS.name, silent_seconds=ANSWER_SECONDS) as moments:
        has_results = any(end for _, end in moments.bounds().values())
    with TopicReader(config, topics.JOB_PROGRESS.name, (0,), ANSWER_SECONDS) as progress:
        progress.skip_to_last(TAIL)
        event_at = max((_event_at(record.value()) for record in progress.read_to_end()), default=0)
    return LastProgress(has_results or event_at > 0, event_at)


def _event_at(value: bytes | None) -> int:
    if value is None:
        return 0
    try:
        progress = decode(topics.JOB_PROGRESS.name, value)
    except ContractError:
        return 0
    return progress.event_at if progress.job == JOB else 0
