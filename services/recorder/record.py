"""One Kafka record as the recorder sees it: its place, its bytes and when it was appended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """`appended_at`: Kafka's timestamp of the record, milliseconds since 1970 UTC; 0 where it has none."""

    topic: str
    partition: int
    offset: int
    payload: bytes
    appended_at: int = 0
