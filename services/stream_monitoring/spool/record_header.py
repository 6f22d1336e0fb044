"""Read from a record's JSON what identifies it in Kafka and when it was sent."""

import hashlib

import msgspec

from contracts.chat_messages import UNMARKED_FORMAT_VERSION


class RecordHeader(msgspec.Struct):
    """The few fields that identify a record."""

    kind: str
    sent_at: int
    message_id: str | None = None
    notice_id: str | None = None
    spool_id: str | None = None
    spool_position: int | None = None
    event: str | None = None
    gap_until_at: int | None = None
    format_version: int = UNMARKED_FORMAT_VERSION  # of a tick

    @property
    def has_id(self) -> bool:
        """Whether it is the same record in every spool: a message or a notice."""
        return self.message_id is not None or self.notice_id is not None


_decoder = msgspec.json.Decoder(RecordHeader)


def read_header(value: bytes) -> RecordHeader:
    """Return the fields; raises msgspec.DecodeError where the value is not a record."""
    return _decoder.decode(value)


def record_id(header: RecordHeader, value: bytes) -> str:
    """Return the record's own id, or a hash of the record where it has none."""
    return header.message_id or header.notice_id or hashlib.blake2b(value, digest_size=16).hexdigest()
