"""Which partition a key's records are in: murmur2, as Kafka's Java client and librdkafka's `murmur2_random` choose."""

from functools import lru_cache

SEED = 0x9747B28C
FACTOR = 0x5BD1E995
MASK = 0xFFFFFFFF
POSITIVE = 0x7FFFFFFF
CACHED_KEYS = 20_000  # the channels of a busy reader


@lru_cache(CACHED_KEYS)
def partition_of_key(key: bytes, partitions: int) -> int:
    """Return the number of the partition."""
    return (murmur2(key) & POSITIVE) % partitions


def murmur2(data: bytes) -> int:
    """Return the hash as an unsigned number of 32 bits."""
    value = SEED ^ len(data)
    whole = len(data) - len(data) % 4
    for at in range(0, whole, 4):
        mixed = int.from_bytes(data[at : at + 4], "little") * FACTOR & MASK
        mixed = (mixed ^ mixed >> 24) * FACTOR & MASK
        value = value * FACTOR & MASK ^ mixed
    if rest := data[whole:]:
        value = (value ^ int.from_bytes(rest, "little")) * FACTOR & MASK
    value = (value ^ value >> 13) * FACTOR & MASK
    return value ^ value >> 15
