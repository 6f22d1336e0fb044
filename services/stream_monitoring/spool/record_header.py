"""What identifies a record in Kafka and when it was sent, read from its JSON."""

import hashlib

import msgspec

from contracts.chat_messages import UNMARKED_FORMAT_VERSION


class Marks(msgspec.Struct):
    """The few fields that are needed to recognise a record."""

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


_decoder = msgspec.json.Decoder(Marks)


def marks_of(value: bytes) -> Marks:
    """The fields; raises msgspec.DecodeError where it is no record."""
    return _decoder.decode(value)


def named(marks: Marks, value: bytes) -> str:
    """Return the record's own id, or a hash of the record where it has none."""
    return marks.message_id or marks.notice_id or hashlib.blake2b(value, digest_size=16).hexdigest()
