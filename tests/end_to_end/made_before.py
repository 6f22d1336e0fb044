"""Topics that are there before a system starts, with other partitions than its settings name."""

from pathlib import Path

from confluent_kafka.admin import AdminClient

from contracts.topics import CHAT_MESSAGES, MOMENTS, Partitions
from embedded.addresses import Ports
from embedded.servers.kafka import Kafka
from service_runtime.kafka import partitions_of
from service_runtime.topic_setup import create_topics

ANSWER_SECONDS = 10.0
KEPT = "a topic keeps the partitions it was created with"


def make_topics(directory: Path, ports: Ports, partitions: Partitions) -> None:
    """Create the topics in the folder of a system that has not started yet."""
    with Kafka(directory / "kafka", ports.kafka, ports.kafka_controller) as server:
        create_topics(AdminClient({"bootstrap.servers": server.bootstrap_servers}), partitions)


def setting(partitions: Partitions) -> dict[str, str]:
    """Return the variables that ask for these partitions."""
    return {"KAFKA_CHAT_PARTITIONS": str(partitions.chat), "KAFKA_OTHER_PARTITIONS": str(partitions.others)}


def partitions_now(bootstrap_servers: str) -> Partitions:
    """Return the partitions that the broker has."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    chat, others = (len(partitions_of(admin, topic.name, ANSWER_SECONDS)) for topic in (CHAT_MESSAGES, MOMENTS))
    return Partitions(chat, others)
