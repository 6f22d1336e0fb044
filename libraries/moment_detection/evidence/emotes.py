"""Emote providers: each is asked which of its emotes a message in a channel contains.

Twitch's tag is the only provider so far. Add one (7TV, BetterTTV, FrankerFaceZ) as a class with `emotes_in` in a module
of its own, and list it in `EMOTES` behind Twitch's.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from contracts.chat_messages import Emote
from moment_detection.evidence.chat_message import ChatMessage

_decode = msgspec.json.Decoder(list[Emote]).decode


class EmoteProvider(Protocol):
    """A source of emotes."""

    def emotes_in(self, message: ChatMessage, channel_id: str) -> Sequence[Emote]:
        """Return each use of an emote in `message.text`, with its first and last code point.

        `message.second` is when it was sent: answer from the catalogue that was in force then, so that a replay
        counts the same. Return nothing, and do not raise, while the provider's emotes are unknown.
        """
        ...


class TwitchTag:
    """Twitch's own emotes, from the tag that comes with each message; the channel does not matter."""

    def emotes_in(self, message: ChatMessage, channel_id: str) -> Sequence[Emote]:
        """Return the tag's emotes; none if the tag cannot be read."""
        if not message.has_twitch_emotes():
            return ()
        try:
            return _decode(message.twitch_emotes)
        except msgspec.DecodeError:
            return ()


class EmoteProviders:
    """Asks several providers in order. Text that one of them claimed is blank for the next, so no use counts twice."""

    def __init__(self, first: EmoteProvider, *others: EmoteProvider) -> None:
        self._first = first
        self._others = others

    def emotes_in(self, message: ChatMessage, channel_id: str) -> Sequence[Emote]:
        """Return the emotes of all providers, the first provider's first."""
        found = self._first.emotes_in(message, channel_id)
        for provider in self._others:
            rest = message._replace(text=without_emotes(message.text, found))
            more = provider.emotes_in(rest, channel_id)
            found = [*found, *(each for each in more if _slice(rest.text, each) == _slice(message.text, each))]
        return found


def emote_name(text: str, emote: Emote) -> str:
    """Return the emote's name as it stands in the text; its id if the text was cut before it."""
    return _slice(text, emote) or emote.id


def without_emotes(text: str, emotes: Iterable[Emote]) -> str:
    """Return the text with spaces in place of the emotes; every other character keeps its position."""
    for emote in emotes:
        text = text[: emote.start] + " " * len(_slice(text, emote)) + text[emote.end + 1 :]
    return text


def _slice(text: str, emote: Emote) -> str:
    return text[emote.start : emote.end + 1]


EMOTES = EmoteProviders(TwitchTag())  # asked for every message of a moment
