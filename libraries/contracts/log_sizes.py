"""How much chat Kafka keeps, and how large the segments of its logs are."""

from typing import NamedTuple

HOUR_MS = 3_600_000
MIB = 1024 * 1024


class Load(NamedTuple):
    """How much chat arrives, and for how many hours it is kept. `message_bytes`: one message on the disk, compressed.

    `busiest`: how many times an equal share the fullest partition gets, since some channels are larger than others.
    """

    messages_per_second: int
    hours: int
    message_bytes: int
    busiest: float

    @property
    def total_bytes(self) -> int:
        """Return the size of all partitions together at which even the fullest one keeps its chat for `hours`."""
        return round(self.messages_per_second * 3600 * self.hours * self.message_bytes * self.busiest)


# Bytes by tests/benchmarks/chat_bytes.py: recorded chat, with the ticks, the transactions' markers and all that Kafka
# adds. The fullest partition by tests/unit/contracts/test_log_sizes.py: no fuller in 19 of 20 ways to spread 40
# channels on 4 partitions, and in half of those to spread 2,000 on 20; the other partitions keep their chat longer.
USUAL = Load(messages_per_second=300, hours=48, message_bytes=82, busiest=2.2)
HEAVY = Load(messages_per_second=5_000, hours=4, message_bytes=70, busiest=2.6)
CHAT_BYTES = max(USUAL.total_bytes, HEAVY.total_bytes)

# Kafka deletes whole segments, and the one that is written to only once all of it is too old. So what is deleted at an
# age must be in segments that are short beside it. The jitter keeps partitions from rolling in the same second.
SHORT_SEGMENTS = {"segment.ms": str(HOUR_MS), "segment.jitter.ms": str(HOUR_MS // 6)}

# Small ones: little to check after a crash. `segment.index.bytes` stays 10 MB: an index's file is sparse and only its
# last page is written, while the recovery of a larger segment, as topics made before may have, fails on a full index.
SEGMENTS = {"segment.bytes": str(64 * MIB)}
