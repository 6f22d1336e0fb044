"""One Kafka record: its position, its bytes and when it was appended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """`appended_at`: Kafka's timestamp of the record, milliseconds since 1970 UTC; 0 if it has none.

    A tombstone has no payload: it removes the records of its key from a compacted topic.
    """

    topic: str
    partition: int
    offset: int
    payload: bytes
    appended_at: int = 0
    is_tombstone: bool = False
