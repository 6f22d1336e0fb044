"""Settings of the Kafka clients that every service uses: read_committed readers, acknowledged writers."""

import logging
from typing import Any

from contracts.topics import PARTITIONER
from service_runtime.settings import KafkaSettings

# librdkafka repeats itself every second while Kafka is away; services say once what it means for them.
quiet = logging.getLogger("librdkafka")
quiet.addHandler(logging.NullHandler())
quiet.propagate = False


def connection(settings: KafkaSettings) -> dict[str, Any]:
    """librdkafka's settings to reach the broker, with SASL where a user is named."""
    config: dict[str, Any] = {"bootstrap.servers": settings.bootstrap_servers, "logger": quiet}
    if settings.username and settings.password_file:
        config |= {
            "security.protocol": "SASL_PLAINTEXT",  # Tailscale encrypts the way between the machines
            "sasl.mechanism": "SCRAM-SHA-256",
            "sasl.username": settings.username,
            "sasl.password": settings.password_file.read_text().strip(),
        }
    return config


def consumer_config(settings: KafkaSettings, group: str, **more: Any) -> dict[str, Any]:
    """A reader of committed records that commits its offsets by hand."""
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
    """A writer whose records are acknowledged by all replicas, without doubles on a retry."""
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
