"""Encodes and decodes messages. What does not fit the contract raises `ContractError` with the reason."""

from typing import Any, Final

import msgspec

from contracts import (
    chat_counts,
    chat_messages,
    clips,
    dead_letters,
    emote_counts,
    job_progress,
    moments,
    topics,
    viewer_clips,
)


class ContractError(ValueError):
    """The record does not fit its topic's contract; the text gives the reason."""


MESSAGE_TYPES: Final[dict[str, Any]] = {
    topics.CHAT_MESSAGES.name: chat_messages.Record,
    topics.STREAM_LIFECYCLE.name: chat_messages.Lifecycle
    | chat_messages.Notice
    | chat_messages.Coverage
    | chat_messages.Tick,
    topics.MOMENTS.name: moments.Moment,
    topics.CHAT_COUNTS.name: chat_counts.ChatCounts,
    topics.EMOTE_COUNTS.name: emote_counts.EmoteCounts,
    topics.CLIPS.name: clips.Clip,
    topics.VIEWER_CLIPS.name: viewer_clips.ViewerClip,
    topics.JOB_PROGRESS.name: job_progress.JobProgress,
    topics.DEAD_LETTERS.name: dead_letters.DeadLetter,
}
SUPPORTED_VERSION = 1

_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in MESSAGE_TYPES.items()}
_ENCODER = msgspec.json.Encoder()


def encode(message: msgspec.Struct) -> bytes:
    """Encode a message as JSON in UTF-8."""
    return _ENCODER.encode(message)


def decode(topic: str, payload: bytes | str) -> Any:
    """Decode a record of `topic`; raises `ContractError` if it does not fit."""
    try:
        message = _DECODERS[topic].decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # ValidationError is a DecodeError
        raise ContractError(f"not a {topic} record: {error}") from error
    if message.schema_version != SUPPORTED_VERSION:
        raise ContractError(f"{topic}: schema_version {message.schema_version} is not {SUPPORTED_VERSION}")
    return message


def schema(topic: str) -> dict[str, Any]:
    """Return the JSON schema of the topic's messages."""
    return msgspec.json.schema(MESSAGE_TYPES[topic])
