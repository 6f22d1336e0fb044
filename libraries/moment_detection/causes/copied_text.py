"""Messages that many chatters have in common: copypasta, floods of bots, a raid's call."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from moment_detection.causes.normalize import SPACELESS
from moment_detection.causes.normalized_message import NormalizedMessage, chatters_of
from moment_detection.causes.vocabulary import TEXTS_KEPT
from moment_detection.evidence.words import LINK

LONG_WORDS = 6  # different words from which a message is copied; a crowd also shouts what somebody just said
LONG_LETTERS = 25  # of it; a character of a script without spaces says as much as two
LONG_CHARACTERS = 12  # different ones, where there are no spaces
LINKED_WORDS = 3  # instead of LONG_WORDS with a link among them: advertising is shorter
COPIED_PART = 0.7  # of a long message's words that others have too: the rest is varied on purpose
COPIED_CHATTERS = 3  # who have a word in a long message
COPIED_SHARE = 0.25  # of the chatters with long messages who have it
VARIED = 0.5  # of the copied messages differ from each other: people copy as it is, programs vary it


def copied(messages: Sequence[NormalizedMessage]) -> tuple[str, list[NormalizedMessage]]:
    """Return (cause, long messages that share most of their words); the cause is "bots" or "copypasta".

    It is "bots" if the copies differ from each other, as programs write them, or contain links.
    """
    same = _sharing_most_parts([(message, _parts(message.key, message.words)) for message in messages])
    if not same:
        return "copypasta", []
    linked = sum(any(LINK.search(word) for word in message.words) for message in same)
    different = len({message.key for message in same})
    copiers = len(chatters_of(same))
    varied = different >= VARIED * copiers and copiers >= VARIED * len(same)
    return "bots" if varied or linked >= VARIED * len(same) else "copypasta", same


def _sharing_most_parts(messages: Iterable[tuple[NormalizedMessage, frozenset[str]]]) -> list[NormalizedMessage]:
    """Return, of (message, its parts), the long messages of whose parts enough other chatters have most."""
    long = [(message, parts) for message, parts in messages if parts]
    writers: dict[str, set[str]] = defaultdict(set)
    for message, parts in long:
        for part in parts:
            writers[part].add(message.chatter)
    least = max(COPIED_CHATTERS, COPIED_SHARE * len(chatters_of(message for message, _ in long)))
    common = {part for part, chatters in writers.items() if len(chatters) >= least}
    return [message for message, parts in long if len(parts & common) >= COPIED_PART * len(parts)]


@lru_cache(maxsize=TEXTS_KEPT)
def _parts(key: str, in_order: tuple[str, ...]) -> frozenset[str]:
    """Return a long message's words, or pairs of characters where there are no spaces; nothing of a short one."""
    words = frozenset(in_order)
    if len(words) >= LONG_WORDS and _length(words) >= LONG_LETTERS:
        return words
    if len(words) >= LINKED_WORDS and any(LINK.search(word) for word in words):
        return words
    characters = [] if key.isascii() else SPACELESS.findall(key)
    if len(set(characters)) >= LONG_CHARACTERS:
        return frozenset(first + second for first, second in pairwise(characters))
    return frozenset()


def _length(words: Iterable[str]) -> int:
    text = "".join(words)
    return len(text) + len(SPACELESS.findall(text))


def raid_calls(messages: Sequence[NormalizedMessage]) -> list[NormalizedMessage]:
    """Return messages of two words and more that at least COPIED_CHATTERS wrote alike, as raiders do."""
    writers: dict[frozenset[str], set[str]] = defaultdict(set)
    for message in messages:
        writers[frozenset(message.words)].add(message.chatter)
    alike = {words for words, chatters in writers.items() if len(words) > 1 and len(chatters) >= COPIED_CHATTERS}
    return [message for message in messages if frozenset(message.words) in alike]
