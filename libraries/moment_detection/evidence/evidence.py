"""What a crowd said: the emotes and words of a moment's messages, counted by people, without what was deleted."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from contracts.chat_messages import Emote
from contracts.moments import EmoteCount, WordCount
from moment_detection.detection.channel_events import DELETIONS, FIELD, PIECE, ChannelEvent, parse_events

SECTION = "\x1d"  # between a second's messages and its deletions
MINIMUM_PEOPLE = 5  # a word fewer people used stays theirs
WORD_LIMIT = 25  # characters
TOP = 10  # emotes and words kept
PUNCTUATION = ".,!?:;\"'()[]{}…。，！？、~"
LINK = re.compile(r"://|^www\.|\w\.[a-z]{2,}(/|$)")
PIECE_FIELDS = 4  # chatter, short message id, emotes as JSON, text

_emotes = msgspec.json.Decoder(list[Emote])


class Said(NamedTuple):
    """One message as the window hands it over."""

    second: int
    chatter: str
    message_id: str
    emotes: str
    text: str


class Crowd(NamedTuple):
    """What the texts of a moment add to its evidence.

    `chatters`: distinct people in the peak's window. `said`: the undeleted messages, for those who ask why.
    """

    chatters: int
    emotes: list[EmoteCount]
    words: list[WordCount]
    said: Sequence[Said]


def second_text(pieces: str | None, controls: Iterable[ChannelEvent], raw_controls: str | None) -> str:
    """One second's messages and deletions in the form that the state keeps; empty where there is neither."""
    if raw_controls and any(control.event in DELETIONS for control in controls):
        return (pieces or "") + SECTION + (raw_controls or "")
    return pieces or ""


def count_chatters(pieces: str | None) -> tuple[int, int]:
    """Messages and distinct chatters of one second's pieces."""
    if not pieces:
        return 0, 0
    said = pieces.split(PIECE)
    return len(said), len({piece[: piece.find(FIELD)] for piece in said})


def count_crowd(texts: Iterable[tuple[int, str]], window: range, until: int, before: Crowd | None = None) -> Crowd:
    """Count the messages of (second, text): people in `window`, emotes and words in all up to `until`.

    `before`: an earlier count of the same moment, whose emotes and words hold where the messages are the same.
    """
    said = list(undeleted(list(texts)))
    people = len({message.chatter for message in said if message.second in window})
    messages = [message for message in said if message.second <= until]
    if before and before.said == messages:
        return before._replace(chatters=people)
    emotes, words = _count(messages)
    return Crowd(people, _top_emotes(emotes), _top_words(words, {name for _, name in emotes.values()}), messages)


def undeleted(texts: list[tuple[int, str]]) -> Iterator[Said]:
    """The messages that no moderator deleted; a clearing reaches back, not forward."""
    message_ids: set[str] = set()
    cleared: dict[str, int] = {}  # chatter, "" for the whole room, to the second of the last clearing
    for second, text in texts:
        for control in parse_events(text.partition(SECTION)[2]) if SECTION in text else ():
            if control.event == "message_deleted":
                message_ids.add(control.subject)
            elif control.event == "chatter_cleared":
                cleared[control.subject] = second
            elif control.event == "chat_cleared":
                cleared[""] = second
    for second, text in texts:
        for piece in text.partition(SECTION)[0].split(PIECE):
            fields = piece.split(FIELD)
            if len(fields) != PIECE_FIELDS:
                continue
            message = Said(second, *fields)
            if not cleared and not message_ids:
                yield message
                continue
            cleared_at = max(cleared.get("", 0), cleared.get(message.chatter, 0))
            if message.message_id not in message_ids and second > cleared_at:
                yield message


WordUses = dict[str, tuple[int, int]]  # uses, people
EmoteUses = dict[tuple[str, str], tuple[Counter[str], str]]  # provider and id: uses by chatter, name


def _count(messages: list[Said]) -> tuple[EmoteUses, WordUses]:
    emotes: EmoteUses = {}
    uses: Counter[str] = Counter()
    people: set[tuple[str, str]] = set()  # word, chatter
    for message in messages:
        text = message.text
        for emote in _decode_emotes(message.emotes):
            name = message.text[emote.start : emote.end + 1] or emote.id
            counts, _ = emotes.setdefault((emote.provider, emote.id), (Counter(), name))
            counts[message.chatter] += 1
            text = text[: emote.start] + " " * len(name) + text[emote.end + 1 :]
        words = [word for token in text.split() if (word := _word(token))]
        uses.update(words)
        people.update((word, message.chatter) for word in words)
    return emotes, {word: (uses[word], count) for word, count in Counter(word for word, _ in people).items()}


def _decode_emotes(field: str) -> list[Emote]:
    if len(field) <= len("[]"):
        return []
    try:
        return _emotes.decode(field)
    except msgspec.DecodeError:
        return []  # the message counts, its emotes cannot


@lru_cache(maxsize=20_000)  # tokens; a crowd repeats itself, and this is most of the work
def _word(token: str) -> str | None:
    word = token.casefold()
    if "@" in word or LINK.search(word):
        return None
    word = word.strip(PUNCTUATION) or word
    return word if len(word) <= WORD_LIMIT else None


def _top_emotes(emotes: EmoteUses) -> list[EmoteCount]:
    counts = [
        EmoteCount(provider, emote_id, name, sum(uses.values()), len(uses))
        for (provider, emote_id), (uses, name) in emotes.items()
    ]
    return sorted(counts, key=lambda count: (-count.chatters, -count.uses, count.provider, count.id))[:TOP]


def _top_words(words: WordUses, emote_names: set[str]) -> list[WordCount]:
    known = {name.casefold() for name in emote_names}
    counts = [
        WordCount(word, uses, people)
        for word, (uses, people) in words.items()
        if people >= MINIMUM_PEOPLE and word not in known
    ]
    return sorted(counts, key=lambda count: (-count.chatters, -count.uses, count.word))[:TOP]
