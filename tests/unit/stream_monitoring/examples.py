"""Records as the spool holds them."""

from contracts import codec
from contracts.chat_messages import Message
from stream_monitoring.spool.record_header import read_header, record_id


def message(message_id: str, sent_at: int) -> bytes:
    """A chat message of channel 42, encoded."""
    return codec.encode(
        Message(
            schema_version=1,
            channel_id="42",
            sent_at=sent_at,
            received_at=0,
            instance="t",
            message_id=message_id,
            chatter="c",
            text="",
            emotes=[],
        )
    )


def id_of(value: bytes) -> str:
    """A record's id."""
    return record_id(read_header(value), value)
