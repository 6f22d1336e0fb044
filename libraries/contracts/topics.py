"""The Kafka topics with their partitions and settings."""

from dataclasses import dataclass, field

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True)
class Topic:
    """A topic. `partitions` never changes: a key would move to another partition."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)


CHAT_MESSAGES = Topic(
    "chat-messages",
    partitions=20,
    config={
        "message.timestamp.type": "LogAppendTime",
        "compression.type": "zstd",
        "retention.ms": str(48 * HOUR_MS),  # what people wrote is deleted after 48 h
        "retention.bytes": str(512 * 1024 * 1024),  # per partition; all together they fit on the disk
    },
)
STREAM_LIFECYCLE = Topic("stream-lifecycle", partitions=5, config={"retention.ms": str(30 * DAY_MS)})
# Postgres keeps the results for good; Kafka compacts them and deletes them after 30 days. A tombstone takes effect
# within a day.
RESULT_CONFIG = {
    "cleanup.policy": "compact,delete",
    "retention.ms": str(30 * DAY_MS),
    "max.compaction.lag.ms": str(DAY_MS),
}
MOMENTS = Topic("moments", partitions=5, config=RESULT_CONFIG)
CLIPS = Topic("clips", partitions=5, config=RESULT_CONFIG)
CHAT_COUNTS = Topic("chat-counts", partitions=5, config=RESULT_CONFIG)
JOB_PROGRESS = Topic("job-progress", partitions=1, config=RESULT_CONFIG)
DEAD_LETTERS = Topic("dead-letters", partitions=1, config={"retention.ms": str(48 * HOUR_MS)})

ALL = (CHAT_MESSAGES, STREAM_LIFECYCLE, MOMENTS, CLIPS, CHAT_COUNTS, JOB_PROGRESS, DEAD_LETTERS)

PARTITIONER = "murmur2_random"  # librdkafka's name for the Java client's partitioner
