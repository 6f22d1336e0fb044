"""Count what a moment's crowd wrote: its emotes and words, by uses and by chatters, without deleted messages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.moments import WORD_MIN_CHATTERS, EmoteCount, WordCount
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.emotes import EMOTES, EmoteProvider, emote_name, without_emotes
from moment_detection.evidence.second_text import undeleted_messages
from moment_detection.evidence.words import words_in

TOP = 10  # emotes, and words, that are kept

WordUses = dict[str, tuple[int, int]]  # word: uses, chatters
EmoteUses = dict[tuple[str, str], tuple[Counter[str], str]]  # (provider, id): (uses by chatter, name)


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
    providers: EmoteProvider = EMOTES,
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
        words=_top_words(words, {name for _, name in emotes.values()}),
        messages=messages,
    )


def _count(messages: Iterable[ChatMessage], channel_id: str, providers: EmoteProvider) -> tuple[EmoteUses, WordUses]:
    emote_uses: EmoteUses = {}
    word_uses: Counter[str] = Counter()
    word_chatters: set[tuple[str, str]] = set()  # (word, chatter)
    for message in messages:
        text = message.text
        emotes = providers.emotes_in(message, channel_id)
        for emote in emotes:
            uses, _ = emote_uses.setdefault((emote.provider, emote.id), (Counter(), emote_name(text, emote)))
            uses[message.chatter] += 1
        words = list(words_in(without_emotes(text, emotes) if emotes else text))
        word_uses.update(words)
        word_chatters.update((word, message.chatter) for word in words)
    chatters = Counter(word for word, _ in word_chatters)
    return emote_uses, {word: (word_uses[word], count) for word, count in chatters.items()}


def _top_emotes(emotes: EmoteUses) -> list[EmoteCount]:
    counts = [
        EmoteCount(provider, emote_id, name, sum(uses.values()), len(uses))
        for (provider, emote_id), (uses, name) in emotes.items()
    ]
    return sorted(counts, key=lambda count: (-count.chatters, -count.uses, count.provider, count.id))[:TOP]


def _top_words(words: WordUses, emote_names: set[str]) -> list[WordCount]:
    names = {name.casefold() for name in emote_names}
    counts = [
        WordCount(word, uses, chatters)
        for word, (uses, chatters) in words.items()
        if chatters >= WORD_MIN_CHATTERS and word not in names
    ]
    return sorted(counts, key=lambda count: (-count.chatters, -count.uses, count.word))[:TOP]
