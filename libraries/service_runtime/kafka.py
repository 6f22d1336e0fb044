"""Settings of all Kafka clients: consumers of committed records, producers with acknowledgements."""

import logging
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from contracts.topics import PARTITIONER
from service_runtime.settings import KafkaSettings

# librdkafka logs every second while Kafka is away; services log once what it means for them.
quiet = logging.getLogger("librdkafka")
quiet.addHandler(logging.NullHandler())
quiet.propagate = False


class KafkaAwayError(RuntimeError):
    """Kafka did not answer in time; try again later."""


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """Return the settings that reach the broker, with SASL if a user name is set."""
    config: dict[str, Any] = {"bootstrap.servers": settings.bootstrap_servers, "logger": quiet}
    if settings.username and settings.password_file:
        config |= {
            "security.protocol": "SASL_PLAINTEXT",  # Tailscale encrypts the traffic between the machines
            "sasl.mechanism": "SCRAM-SHA-256",
            "sasl.username": settings.username,
            "sasl.password": settings.password_file.read_text().strip(),
        }
    return config


def partitions_of(client: Consumer | Producer | AdminClient, topic: str, seconds: float) -> list[int]:
    """Ask the broker for the numbers of a topic's partitions. Raises KafkaException if it does not answer or know it.

    There is nothing else to learn them from: a topic keeps the number that it was created with.
    """
    known = client.list_topics(topic, timeout=seconds).topics[topic]
    if known.error is not None:
        raise KafkaException(known.error)
    return sorted(known.partitions)


def consumer_config(settings: KafkaSettings, group: str, **more: Any) -> dict[str, Any]:
    """Return the settings of a consumer of committed records that commits its offsets itself."""
    return (
        connection(settings)
        | {
            "group.id": group,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
        }
        | more
    )


def producer_config(settings: KafkaSettings, **more: Any) -> dict[str, Any]:
    """Return the settings of a producer whose records are acknowledged and never duplicated by a retry."""
    return (
        connection(settings)
        | {
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": PARTITIONER,
            "compression.type": "zstd",
        }
        | more
    )
