"""The Kafka topics with their settings. The broker alone knows how many partitions a topic has: ask `partitions_of`."""

from dataclasses import dataclass, field
from typing import Literal

from contracts.emote_counts import RECORD_BYTES
from contracts.kept import EMOTE_TOPIC_DAYS, WORDS_HOURS
from contracts.log_sizes import CHAT_BYTES, HOUR_MS, SEGMENTS, SHORT_SEGMENTS

DAY_MS = 24 * HOUR_MS
# The broker syncs what it acknowledges. A topic with these settings is synced up to FLUSH_MS later: its readers and
# writers can tell what a power cut took, and make it again (docs/architecture.md, What is on the disk).
FLUSH_MS = 5_000
SYNCED_LATER = {"flush.messages": str(2**63 - 1), "flush.ms": str(FLUSH_MS)}


@dataclass(frozen=True)
class Topic:
    """A topic. `partitions`: which field of `Partitions` it is created with; "one" for a topic that is read as one log.

    `total_bytes`: how much of it is kept, all partitions together; None: as much as comes until it is too old.
    """

    name: str
    partitions: Literal["chat", "others", "one"]
    config: dict[str, str] = field(default_factory=dict)
    total_bytes: int | None = None

    def config_for(self, partitions: int) -> dict[str, str]:
        """Return all settings for a topic of so many partitions."""
        share = {} if self.total_bytes is None else {"retention.bytes": str(self.total_bytes // partitions)}
        return SEGMENTS | self.config | share


@dataclass(frozen=True)
class Partitions:
    """How many partitions topics are created with. A number never changes: a key would move to another partition."""

    chat: int = 4
    others: int = 1

    def of(self, topic: Topic) -> int:
        """Return the number that the topic is created with."""
        return {"chat": self.chat, "others": self.others, "one": 1}[topic.partitions]


DEFAULT = Partitions()
LARGE = Partitions(chat=20, others=5)  # for thousands of channels

# For what people wrote: deleted 48 h after the broker got it, by its clock, or up to an hour later with its segment.
WORDS_CONFIG = {
    "message.timestamp.type": "LogAppendTime",
    "retention.ms": str(WORDS_HOURS * HOUR_MS),
    **SHORT_SEGMENTS,
}
CHAT_MESSAGES = Topic(
    "chat-messages",
    partitions="chat",
    config=WORDS_CONFIG | SYNCED_LATER | {"compression.type": "zstd"},
    total_bytes=CHAT_BYTES,
)
STREAM_LIFECYCLE = Topic("stream-lifecycle", partitions="others", config={"retention.ms": str(30 * DAY_MS)})
# Postgres keeps the results for good; Kafka compacts them and deletes them after 30 days. A tombstone takes effect
# within a day.
RESULT_CONFIG = {
    "cleanup.policy": "compact,delete",
    "retention.ms": str(30 * DAY_MS),
    "max.compaction.lag.ms": str(DAY_MS),
}
MOMENTS = Topic("moments", partitions="others", config=RESULT_CONFIG)
CLIPS = Topic("clips", partitions="others", config=RESULT_CONFIG)
CHAT_COUNTS = Topic("chat-counts", partitions="others", config=RESULT_CONFIG)
# Whoever counted them reads the chat once more where a power cut took their end: it remembers a position in the chat
# whose minutes were on the disk (emote_counts/position.py).
EMOTE_COUNTS = Topic(
    "emote-counts",
    partitions="others",
    config=RESULT_CONFIG
    | SYNCED_LATER
    | {"retention.ms": str(EMOTE_TOPIC_DAYS * DAY_MS), "max.message.bytes": str(RECORD_BYTES)},
)
VIEWER_CLIPS = Topic("viewer-clips", partitions="others", config=RESULT_CONFIG)
JOB_PROGRESS = Topic("job-progress", partitions="one", config=RESULT_CONFIG | SYNCED_LATER)
DEAD_LETTERS = Topic("dead-letters", partitions="one", config=WORDS_CONFIG)

ALL = (
    CHAT_MESSAGES,
    STREAM_LIFECYCLE,
    MOMENTS,
    CLIPS,
    CHAT_COUNTS,
    EMOTE_COUNTS,
    VIEWER_CLIPS,
    JOB_PROGRESS,
    DEAD_LETTERS,
)
# The same key leads to the same partition of both: the owner of a moment's partition resumes its clip.
PAIRED = (MOMENTS, CLIPS)

PARTITIONER = "murmur2_random"  # librdkafka's name for the Java client's partitioner
