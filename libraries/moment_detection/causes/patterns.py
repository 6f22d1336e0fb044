"""Lines written for another reason than the picture, told by their form: commands, votes, copied texts. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from moment_detection.causes.normalize import SPACELESS, clean, line_key
from moment_detection.causes.vocabulary import TEXTS_KEPT, Vocabulary
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.words import LINK

COMMAND = re.compile(r"!(\w+)")
NUMBER = re.compile(r"[1-9]|([1-4])\1+|[+-]1")  # "666", "777", "888" are reactions in one language or another
LETTER = re.compile(r"[a-e]")
LONE_OPTIONS = ("1", "+1")  # "write 1 if you hear me": the only options that make a vote alone
SIDE = 0.1  # of the voters: fewer who choose another option are no second side
LONG_WORDS = 6  # different words from which a line is copied; a crowd also shouts what somebody just said
LONG_LETTERS = 25  # of it; a character of a script without spaces says as much as two
LONG_CHARACTERS = 12  # different ones, where there are no spaces
LINKED_WORDS = 3  # with a link among them: shorter advertising
COPIED_PART = 0.7  # of a long line's words that others' long lines have too: the rest is varied on purpose
COPIED_PEOPLE = 3  # who have a word in a long line
COPIED_SHARE = 0.25  # of the people with long lines who have it
VARIED = 0.5  # of the copied lines differ from each other: people copy as it is, programs vary it
KEYWORD_SHARE = 0.25  # of all in the window write one and the same word


class Line(NamedTuple):
    """One message, made comparable. `words` are the pieces of `key`."""

    second: int
    chatter: str
    text: str
    key: str
    words: tuple[str, ...]


Option = Callable[[Line], str | None]


def lines_of(messages: Iterable[ChatMessage]) -> list[Line]:
    """The messages as lines."""
    return [Line(message.second, message.chatter, *_comparable(message.text)) for message in messages]


@lru_cache(maxsize=TEXTS_KEPT)
def _comparable(text: str) -> tuple[str, str, tuple[str, ...]]:
    key = line_key(text)
    return clean(text).strip(), key, tuple(key.split())


def people(lines: Iterable[Line]) -> set[str]:
    """Who wrote such a line."""
    return {line.chatter for line in lines}


def commands(lines: Sequence[Line], words: Vocabulary) -> defaultdict[str, list[Line]]:
    """Lines that begin with a command, by what it is for: "giveaway", "vote" or "commands"."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        command = COMMAND.match(line.text)
        if command:
            name = command[1]
            labels = words.labels_of(name)
            vote = "vote" in labels or NUMBER.fullmatch(name)
            enters = not labels.isdisjoint(("giveaway", "entering"))
            found["giveaway" if enters else "vote" if vote else "commands"].append(line)
    return found


def keyword(lines: Sequence[Line], spoken: Iterable[Line], words: Vocabulary) -> list[Line]:
    """Lines of a raffle by a word: many write the same, and it is a tag or somebody has spoken of a raffle."""
    writers: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        writers[line.key].add(line.chatter)
    if not writers:
        return []
    key = max(writers, key=lambda each: (len(writers[each]), each))
    same = [line for line in lines if line.key == key]
    if not 0 < len(key.split()) <= 2 or len(writers[key]) < KEYWORD_SHARE * len(people(lines)):
        return []
    if key.startswith("#") or "giveaway" in words.labels_of(key):
        return same
    return same if any("giveaway" in words.labels_of(line.text) for line in spoken if line.key != key) else []


def votes(lines: Sequence[Line], words: Vocabulary) -> list[Line]:
    """Lines that are one of several options, or the lone "1"."""
    found: list[Line] = []
    for options in (_by(lines, _number), _by(lines, _letter), _by(lines, lambda line: _side(line, words))):
        sides = _sides(options)
        if len(sides) > 1 or any(side in LONE_OPTIONS for side in sides):
            found += [line for side in sides for line in options[side]]
    return found


def _by(lines: Iterable[Line], option: Option) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        name = option(line)
        if name:
            found[name].append(line)
    return found


def _sides(options: dict[str, list[Line]]) -> list[str]:
    voters = Counter({name: len(people(lines)) for name, lines in options.items()})
    return sorted(name for name, count in voters.items() if count >= max(2, SIDE * voters.total()))


def _number(line: Line) -> str | None:
    text = line.text.replace(" ", "")
    match = NUMBER.fullmatch(text)
    return (match[1] or text) if match else None


def _letter(line: Line) -> str | None:
    return line.key if LETTER.fullmatch(line.key) else None


def _side(line: Line, words: Vocabulary) -> str | None:
    labels = words.labels_of(line.text) if len(line.words) == 1 else frozenset()
    return "yes" if "yes" in labels else "no" if "no" in labels else None


def copied(lines: Sequence[Line]) -> tuple[str, list[Line]]:
    """Long lines that many have in common: ("bots", …) where a program varies them or links, else ("copypasta", …)."""
    long = [(line, _pieces(line.key, line.words)) for line in lines]
    long = [(line, pieces) for line, pieces in long if pieces]
    writers: dict[str, set[str]] = defaultdict(set)
    for line, pieces in long:
        for piece in pieces:
            writers[piece].add(line.chatter)
    least = max(COPIED_PEOPLE, COPIED_SHARE * len(people(line for line, _ in long)))
    common = {piece for piece, chatters in writers.items() if len(chatters) >= least}
    same = [line for line, pieces in long if len(pieces & common) >= COPIED_PART * len(pieces)]
    if not same:
        return "copypasta", []
    linked = sum(any(LINK.search(word) for word in line.words) for line in same)
    different = len({line.key for line in same})
    copiers = len(people(same))
    varied = different >= VARIED * copiers and copiers >= VARIED * len(same)
    return "bots" if varied or linked >= VARIED * len(same) else "copypasta", same


@lru_cache(maxsize=TEXTS_KEPT)
def _pieces(key: str, in_order: tuple[str, ...]) -> frozenset[str]:
    """The parts of a long line: words, or pairs of characters where there are no spaces; empty for a short one."""
    words = frozenset(in_order)
    if len(words) >= LONG_WORDS and _length(words) >= LONG_LETTERS:
        return words
    if len(words) >= LINKED_WORDS and any(LINK.search(word) for word in words):
        return words
    letters = [] if key.isascii() else SPACELESS.findall(key)
    if len(set(letters)) >= LONG_CHARACTERS:
        return frozenset(first + second for first, second in pairwise(letters))
    return frozenset()


def _length(words: Iterable[str]) -> int:
    text = "".join(words)
    return len(text) + len(SPACELESS.findall(text))


def echoed(lines: Sequence[Line]) -> list[Line]:
    """Lines of two words and more that at least COPIED_PEOPLE wrote alike: a raid's call."""
    people: dict[frozenset[str], set[str]] = defaultdict(set)
    for line in lines:
        people[frozenset(line.words)].add(line.chatter)
    return [line for line in lines if len(set(line.words)) > 1 and len(people[frozenset(line.words)]) >= COPIED_PEOPLE]
