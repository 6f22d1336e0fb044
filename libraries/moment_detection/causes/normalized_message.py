"""A chat message in a form that can be compared with others."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from moment_detection.causes.normalize import comparison_key
from moment_detection.causes.vocabulary import TEXTS_KEPT
from moment_detection.evidence.characters import one_form
from moment_detection.evidence.chat_message import ChatMessage


class NormalizedMessage(NamedTuple):
    """One message. `text` is cleaned, `key` is equal for equal messages, `words` are the parts of `key`."""

    second: int
    chatter: str
    text: str
    key: str
    words: tuple[str, ...]


def normalize_messages(messages: Iterable[ChatMessage]) -> list[NormalizedMessage]:
    """Normalize each message."""
    return [NormalizedMessage(message.second, message.chatter, *_normalize(message.text)) for message in messages]


@lru_cache(maxsize=TEXTS_KEPT)
def _normalize(text: str) -> tuple[str, str, tuple[str, ...]]:
    key = comparison_key(text)
    return one_form(text).strip(), key, tuple(key.split())


def chatters_of(messages: Iterable[NormalizedMessage]) -> set[str]:
    """Return who wrote the messages."""
    return {message.chatter for message in messages}
