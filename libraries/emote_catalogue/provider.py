"""The catalogues' emotes in chat: whole tokens between spaces, case-sensitive, without punctuation.

Text that Twitch's tag claims has to be blank already: its emotes may touch punctuation, and count before all others.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from contracts.chat_messages import Emote
from emote_catalogue.emote import EmoteKey
from emote_catalogue.lookup import Names


class Message(Protocol):
    """A chat message: its text, and the second since 1970 UTC when it was sent."""

    @property
    def text(self) -> str:
        """Return what was written."""
        ...

    @property
    def second(self) -> int:
        """Return when it was sent."""
        ...


class Catalogue(Protocol):
    """The names of every channel at every time: `Versions`, or `StoreReader` in a program that only reads."""

    def lookup_at(self, channel_id: str, at_ms: int) -> Names:
        """Return the names that were in force in a channel at a time."""
        ...


def keys_in(text: str, emotes: Mapping[str, EmoteKey]) -> Sequence[EmoteKey]:
    """Return each use of an emote in a text, in order."""
    tokens = text.split(" ")
    if emotes.keys().isdisjoint(tokens):  # as seven in ten messages are
        return ()
    return [emotes[token] for token in tokens if token in emotes]


class CatalogueProvider:
    """An emote provider as `moment_detection.evidence.emotes` describes it, for all three providers together."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._lookup_at = catalogue.lookup_at

    def emotes_in(self, message: Message, channel_id: str) -> Sequence[Emote]:
        """Return each use with its first and last code point, by the catalogue in force when it was sent."""
        emotes = self._lookup_at(channel_id, message.second * 1000).emotes
        tokens = message.text.split(" ")
        if emotes.keys().isdisjoint(tokens):
            return ()
        found, start = [], 0
        for token in tokens:
            key = emotes.get(token)
            if key is not None:
                found.append(Emote(key[0], key[1], start, start + len(token) - 1))
            start += len(token) + 1
        return found
