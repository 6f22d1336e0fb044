"""What of the simulated chat is in machine B's Kafka, read with its password as a service reads it."""

import json
from collections import Counter

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from deployment.two_machines import PROCESSING, Machine

TOPIC = "chat-messages"
TIMEOUT_SECONDS = 20.0


def consumer(b: Machine) -> Consumer:
    """Return a reader of committed records."""
    return Consumer(
        {
            "bootstrap.servers": f"{PROCESSING}:9094",
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-256",
            "sasl.username": "stream-scout",
            "sasl.password": b.secret("kafka_password"),
            "group.id": "test",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
        }
    )


def messages(b: Machine) -> Counter[str]:
    """Count the ids of all messages in the log."""
    found: Counter[str] = Counter()
    reader = consumer(b)
    try:
        partitions = reader.list_topics(TOPIC, timeout=TIMEOUT_SECONDS).topics[TOPIC].partitions
        reader.assign([TopicPartition(TOPIC, number, OFFSET_BEGINNING) for number in partitions])
        ended: set[int] = set()
        while len(ended) < len(partitions):
            record = reader.poll(TIMEOUT_SECONDS)
            assert record is not None, "Kafka does not answer"
            if record.error():
                ended.add(record.partition())
                continue
            entry = json.loads(record.value() or b"{}")
            if entry.get("kind") == "message":
                found[entry["message_id"]] += 1
    finally:
        reader.close()
    return found


def sent(b: Machine, from_at: float, until_at: float) -> list[str]:
    """Return the ids of what was written in the chat between two times, in seconds since 1970."""
    rows = (json.loads(line) for line in (b.directory / "truth" / "messages.jsonl").open() if line.endswith("\n"))
    return [row["message_id"] for row in rows if from_at * 1000 <= row["sent_at"] < until_at * 1000]
