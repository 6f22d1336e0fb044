"""The lists of a vocabulary's data file, read and checked. words/moods.toml explains them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from moment_detection.causes.normalize import DRAWN_OUT, SPACELESS
from moment_detection.evidence.characters import one_form

WORDS = "words"  # the only list that is divided by language
LISTS = ("emotes", "endings", "repeats", "stretched", WORDS)
UNIT_LIMIT = 3  # letters of what is repeated, "ha" in "hahaha"
LOWER_CASE_FROM = 4  # letters of an emote's name; a shorter one is known only as it is written


@dataclass
class WordLists:
    """Entries and the labels that they stand for. `labels`: in the order of the file."""

    labels: tuple[str, ...] = ()
    emotes: dict[str, str] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)  # repeated ones
    repeats: dict[frozenset[str], tuple[int, str]] = field(default_factory=dict)  # letters: (least length, label)
    stretched: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)  # by their first word
    inside: dict[str, str] = field(default_factory=dict)  # found anywhere in a text, not only as whole words

    def add(self, label: str, kind: str, entry: str) -> None:
        """Add one entry of the list `kind`."""
        match kind:
            case "emotes":
                self.emotes[entry] = label
                if len(entry) >= LOWER_CASE_FROM:
                    self.words.setdefault(entry.casefold(), label)
            case "endings":
                self.endings[entry] = label
            case "repeats" if len(entry) == 1:
                self.letters[entry] = label
            case "repeats":
                self.repeats[frozenset(entry)] = (2 * len(entry), label)
            case "stretched":
                self.stretched[_key(kind, entry)] = label
            case _:
                self._add_words(label, _key(kind, entry))

    def _add_words(self, label: str, entry: str) -> None:
        words = tuple(entry.split())
        if SPACELESS.search(entry):
            self.inside[entry] = label
        elif len(words) == 1:
            self.words[entry] = label
        else:
            phrases = self.phrases.setdefault(words[0], [])
            phrases.append((words, label))
            phrases.sort(key=lambda each: -len(each[0]))  # the longest one first


def parse_word_lists(text: str) -> tuple[WordLists, list[str]]:
    """Read TOML; returns the lists and everything that is wrong with them, one line per entry.

    Entries get the form of the texts that they are compared with: Korean letters stand alone in another one.
    """
    try:
        tables = tomllib.loads(one_form(text))
    except tomllib.TOMLDecodeError as error:
        return WordLists(), [f"no TOML ({error})"]
    lists, problems = WordLists(labels=tuple(tables)), list[str]()
    owners: dict[tuple[str, str], str] = {}  # (list, key of an entry): the label that has it
    for label, table in tables.items():
        if not isinstance(table, dict):
            problems.append(f"{label} is no table")
            continue
        for kind, entry in _entries(table):
            problem = _problem(kind, entry)
            owner = owners.setdefault((kind, _key(kind, entry)), label)
            if owner != label:
                problem = f"is in {owner} as well"
            if problem:
                problems.append(f"{label}: {entry!r} in {kind} {problem}")
            elif isinstance(entry, str):
                lists.add(label, kind, entry)
    return lists, problems


def _entries(table: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield (list's name, entry); a value that is no list counts as an entry, for `_problem` to report."""
    for kind, value in table.items():
        lists = value.values() if kind == WORDS and isinstance(value, dict) else [value]
        for entries in lists:
            for entry in entries if isinstance(entries, list) else [entries]:
                yield kind, entry


def _problem(kind: str, entry: object) -> str | None:
    if kind not in LISTS:
        return f"is in an unknown list; there are {', '.join(LISTS)}"
    if not isinstance(entry, str):
        return "is no text"
    if not entry.strip() or entry != entry.strip():
        return "is empty or has spaces around it"
    if kind not in (WORDS, "stretched") and len(entry.split()) > 1:
        return "is more than one word"
    if kind == "repeats" and (len(entry) > UNIT_LIMIT or len(set(entry)) != len(entry)):
        return f"is not 1 to {UNIT_LIMIT} different letters"
    if kind == "stretched" and DRAWN_OUT.search(entry):
        return "is drawn out already: write it short"
    return None


def _key(kind: str, entry: object) -> str:
    """Return what two entries of a list must not share."""
    text = str(entry)
    if kind == "repeats":
        return "".join(sorted(text))
    return text if kind in ("emotes", "endings") else one_form(text).casefold()
