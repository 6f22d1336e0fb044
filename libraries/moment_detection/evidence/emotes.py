"""Emote providers: each is asked which of its emotes a message in a channel contains.

Twitch's tag comes with each message. Other providers' emotes (7TV, BetterTTV, FrankerFaceZ) are known to whoever has
their catalogue: the job puts `emote_catalogue.provider.CatalogueProvider` behind Twitch's.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec

from contracts.chat_messages import Emote
from moment_detection.evidence.characters import without_appended
from moment_detection.evidence.chat_message import TEXT_LIMIT, ChatMessage

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
        found = believable(message.text, self._first.emotes_in(message, channel_id))
        for provider in self._others:
            rest = message._replace(text=without_emotes(message.text, found))
            more = believable(message.text, provider.emotes_in(rest, channel_id))
            found += [each for each in more if _slice(rest.text, each) == _slice(message.text, each)]
        return found


def believable(text: str, emotes: Iterable[Emote]) -> list[Emote]:
    """Return the emotes whose place is a whole token, or lies where the text was cut.

    Twitch shifts the places of a line that its own server counted wrongly: such a place holds something else.
    """
    return [emote for emote in emotes if emote_name(text, emote) or _is_cut_off(text, emote)]


def emote_name(text: str, emote: Emote) -> str:
    """Return the whole token at the emote's place, "" where there is none. Punctuation may touch it."""
    token = _slice(text, emote)
    before, after = text[: emote.start][-1:], text[emote.end + 1 : emote.end + 2]
    may_be_longer = not after and len(text) >= TEXT_LIMIT
    is_whole = len(token) == emote.end - emote.start + 1 and not (before.isalnum() or after.isalnum() or may_be_longer)
    return without_appended(token) if is_whole and token == "".join(token.split()) else ""


def _is_cut_off(text: str, emote: Emote) -> bool:
    return len(text) >= TEXT_LIMIT <= emote.end + 1 and emote.start <= emote.end


def without_emotes(text: str, emotes: Iterable[Emote]) -> str:
    """Return the text with spaces in place of the emotes, which are believable ones; the rest keeps its position."""
    for emote in emotes:
        text = text[: emote.start] + " " * len(_slice(text, emote)) + text[emote.end + 1 :]
    return text


def _slice(text: str, emote: Emote) -> str:
    return text[emote.start : emote.end + 1]


TWITCH_ONLY: Final = TwitchTag()  # where no catalogue is at hand
