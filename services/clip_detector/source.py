"""What the job's source reads and how many readers it has."""

from collections.abc import Mapping

from confluent_kafka.admin import AdminClient

from clip_detector.recovery.start_plan import Start
from contracts import topics
from service_runtime.kafka import connection, partitions_of
from service_runtime.settings import KafkaSettings

ANSWER_SECONDS = 10.0


def source_options(kafka: KafkaSettings, start: Start, parallelism: int) -> dict[str, str]:
    """Return the options of the table that reads chat. Raises KafkaException if Kafka does not answer."""
    numbers = partitions_of(AdminClient(connection(kafka)), topics.CHAT_MESSAGES.name, ANSWER_SECONDS)
    return {**start.source, **readers(parallelism, len(numbers))}


def readers(parallelism: int, partitions: int) -> Mapping[str, str]:
    """Return the source's own parallelism if the job has more: a reader without a partition would stop event time."""
    return {"scan.parallelism": str(partitions)} if partitions < parallelism else {}
