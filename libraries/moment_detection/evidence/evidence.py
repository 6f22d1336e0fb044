"""Count what a moment's crowd wrote: its emotes and words, by uses and by chatters, without deleted messages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.moments import WORD_MIN_CHATTERS, EmoteCount, WordCount
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.emotes import TWITCH_ONLY, EmoteProvider, believable, emote_name, without_emotes
from moment_detection.evidence.second_text import undeleted_messages
from moment_detection.evidence.words import word_key, words_in

TOP = 10  # emotes, and words, that are kept


class Uses(NamedTuple):
    """Uses of one emote or word: by chatter, and by how it was written."""

    chatters: Counter[str]
    written: Counter[str]

    @classmethod
    def none(cls) -> "Uses":
        """Return no uses."""
        return cls(Counter(), Counter())

    def add(self, chatter: str, written: str) -> None:
        """Count one use; `written` may be empty, where it is not known."""
        self.chatters[chatter] += 1
        self.written[written] += 1

    @property
    def commonest(self) -> str:
        """How it was written most often, "" where nobody knows."""
        known = [(-uses, len(written), written) for written, uses in self.written.items() if written]
        return min(known)[2] if known else ""


WordUses = defaultdict[str, Uses]  # by word_key
EmoteUses = defaultdict[tuple[str, str], Uses]  # by (provider, id)


class CrowdEvidence(NamedTuple):
    """What the texts of a moment add to its evidence.

    `chatters`: distinct people in the window at the peak. `messages`: the undeleted ones, for its causes and mood.
    """

    chatters: int
    emotes: list[EmoteCount]
    words: list[WordCount]
    messages: Sequence[ChatMessage]


def count_evidence(
    texts: Iterable[tuple[int, str]],
    *,
    channel_id: str,
    window: range,
    until: int,
    providers: EmoteProvider = TWITCH_ONLY,
    previous: CrowdEvidence | None = None,
) -> CrowdEvidence:
    """Count chatters in the seconds of `window`, and emotes and words in all (second, text) up to and with `until`.

    `previous`: an earlier count of the same moment; its emotes and words are reused if no message has changed.
    """
    undeleted = list(undeleted_messages(list(texts)))
    chatters = len({message.chatter for message in undeleted if message.second in window})
    messages = [message for message in undeleted if message.second <= until]
    if previous and previous.messages == messages:
        return previous._replace(chatters=chatters)
    emotes, words = _count(messages, channel_id, providers)
    return CrowdEvidence(
        chatters=chatters,
        emotes=_top_emotes(emotes),
        words=_top_words(words, {word_key(each.commonest) for each in emotes.values()}),
        messages=messages,
    )


def _count(messages: Iterable[ChatMessage], channel_id: str, providers: EmoteProvider) -> tuple[EmoteUses, WordUses]:
    emote_uses, word_uses = EmoteUses(Uses.none), WordUses(Uses.none)
    for message in messages:
        text = message.text
        emotes = believable(text, providers.emotes_in(message, channel_id))
        for emote in emotes:
            emote_uses[emote.provider, emote.id].add(message.chatter, emote_name(text, emote))
        for word in words_in(without_emotes(text, emotes) if emotes else text):
            word_uses[word.key].add(message.chatter, word.written)
    return emote_uses, word_uses


def _top_emotes(emotes: EmoteUses) -> list[EmoteCount]:
    """Return the emotes with the most people; one whose name is not known is left out."""
    counts = [
        EmoteCount(provider, emote_id, uses.commonest, uses.chatters.total(), len(uses.chatters))
        for (provider, emote_id), uses in emotes.items()
        if uses.commonest
    ]
    return sorted(counts, key=lambda count: (-count.chatters, -count.uses, count.provider, count.id))[:TOP]


def _top_words(words: WordUses, emote_keys: set[str]) -> list[WordCount]:
    counts = [
        WordCount(uses.commonest, uses.chatters.total(), len(uses.chatters))
        for key, uses in words.items()
        if len(uses.chatters) >= WORD_MIN_CHATTERS and key not in emote_keys
    ]
    return sorted(counts, key=lambda count: (-count.chatters, -count.uses, count.word))[:TOP]
