"""Words and emotes with what they stand for, from a data file that people can extend; wrong entries are refused."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from moment_detection.causes.normalize import RUN, SPACELESS, bare, clean, letters, undrawn, unit

MOODS, CAUSES = "moods.toml", "causes.toml"
LISTS = ("emotes", "endings", "repeats", "stretched")
WORDS = "words"
UNIT_LIMIT = 3  # letters of what is said over and over
LOWER_FROM = 4  # letters of an emote's name from which it is also known in other case
SHORT_LINE = 5  # words; "how" is a reaction in "how??" and none in "it depends how deep they are"
TOKENS_KEPT, TEXTS_KEPT = 20_000, 5_000  # with their labels; a crowd repeats itself
OWN_EMOTE = re.compile(r"[a-z][a-z0-9]+([A-Z].*)")  # a channel's own: its prefix, then a name


class VocabularyError(ValueError):
    """A data file of words is wrong; its text has one line for each entry."""


class Vocabulary:
    """Finds the labels of a text. `labels`: all there are, in the order of the file."""

    def __init__(self, text: str, name: str) -> None:
        """Read TOML; raises VocabularyError with all that is wrong."""
        self.labels: tuple[str, ...] = ()
        self._emotes: dict[str, str] = {}
        self._endings: dict[str, str] = {}
        self._units: dict[str, str] = {}
        self._repeats: dict[frozenset[str], tuple[int, str]] = {}
        self._stretched: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._inside: dict[str, str] = {}
        problems = list(self._read(text))
        if problems:
            raise VocabularyError("\n".join(f"{name}: {problem}" for problem in problems))
        self._pieces = self._pattern()
        self._label_of = lru_cache(TOKENS_KEPT)(self._of_token)
        self._known = lru_cache(TEXTS_KEPT)(self._labels_of)

    def labels_of(self, text: str) -> frozenset[str]:
        """What the words and emotes of a text stand for."""
        return self._known(text)

    def _labels_of(self, text: str) -> frozenset[str]:
        text = clean(text)
        found = set(self._of_tokens(text.split()))
        if not text.isascii():
            for piece in self._pieces.findall(text.casefold()):
                found.add(self._inside.get(piece) or self._units[piece[0]])
        return frozenset(found)

    def _of_tokens(self, tokens: list[str]) -> Iterator[str]:
        words = [bare(token).casefold() for token in tokens]
        place = 0
        while place < len(tokens):
            phrase = self._phrase(words, place)
            if phrase:
                place += phrase[0]
                yield phrase[1]
                continue
            label = self._label_of(tokens[place], words[place], len(tokens) <= SHORT_LINE)
            place += 1
            if label:
                yield label

    def _phrase(self, words: list[str], place: int) -> tuple[int, str] | None:
        for phrase, label in self._phrases.get(words[place], ()):
            if tuple(words[place : place + len(phrase)]) == phrase:
                return len(phrase), label
        return None

    def _of_token(self, token: str, word: str, short: bool) -> str | None:
        label = self._emotes.get(token) or (self._words.get(word) if short else None)
        if label:
            return label
        token = bare(token)
        label = self._emotes.get(token) or self._of_repeats(token, word) or self._of_drawn_out(word)
        return label or self._of_own_emote(token)

    def _of_repeats(self, token: str, word: str) -> str | None:
        letter = unit(token)
        if letter:
            return self._units.get(letter)
        known, length = letters(word)
        least, label = self._repeats.get(known, (0, None))
        return label if label and length >= least else None

    def _of_drawn_out(self, word: str) -> str | None:
        for candidate in undrawn(word):
            label = self._stretched.get(candidate) or self._words.get(candidate)
            if label:
                return label
        return None

    def _of_own_emote(self, token: str) -> str | None:
        match = OWN_EMOTE.fullmatch(token)
        if not match:
            return None
        name = match[1]
        label = self._endings.get(name) or self._emotes.get(name) or self._words.get(name.casefold())
        return label or self._of_drawn_out(name.casefold())

    def _read(self, text: str) -> Iterator[str]:
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            yield f"no TOML ({error})"
            return
        self.labels = tuple(tables)
        taken: dict[tuple[str, str], str] = {}
        for label, table in tables.items():
            if not isinstance(table, dict):
                yield f"{label} is no table"
                continue
            for kind, entry in _entries(label, table):
                problem = _problem(kind, entry)
                owner = taken.setdefault((kind, _key(kind, entry)), label)
                if owner != label:
                    problem = f"stands in {owner} as well"
                if problem:
                    yield f"{label}: {entry!r} in {kind} {problem}"
                elif isinstance(entry, str):
                    self._take(label, kind, entry)

    def _take(self, label: str, kind: str, entry: str) -> None:
        match kind:
            case "emotes":
                self._emotes[entry] = label
                if len(entry) >= LOWER_FROM:
                    self._words.setdefault(entry.casefold(), label)
            case "endings":
                self._endings[entry] = label
            case "repeats" if len(entry) == 1:
                self._units[entry] = label
            case "repeats":
                self._repeats[frozenset(entry)] = (2 * len(entry), label)
            case "stretched":
                self._stretched[_key(kind, entry)] = label
            case _:
                self._take_words(label, _key(kind, entry))

    def _take_words(self, label: str, entry: str) -> None:
        words = tuple(entry.split())
        if SPACELESS.search(entry):
            self._inside[entry] = label
        elif len(words) == 1:
            self._words[entry] = label
        else:
            phrases = self._phrases.setdefault(words[0], [])
            phrases.append((words, label))
            phrases.sort(key=lambda each: -len(each[0]))  # the longest one first

    def _pattern(self) -> re.Pattern[str]:
        fixed = [re.escape(entry) for entry in sorted(self._inside, key=lambda entry: (-len(entry), entry))]
        repeated = [f"{letter}{{2,}}" for letter in self._units if SPACELESS.search(letter)]
        return re.compile("|".join([*repeated, *fixed]) or "(?!)")


def _entries(label: str, table: dict[str, object]) -> Iterator[tuple[str, object]]:
    """(list's name, entry); what is no list of entries comes as an entry of its own, which `_problem` names."""
    for kind, value in table.items():
        lists = value.values() if kind == WORDS and isinstance(value, dict) else [value]
        for entries in lists:
            for entry in entries if isinstance(entries, list) else [entries]:
                yield kind, entry


def _problem(kind: str, entry: object) -> str | None:
    if kind not in (*LISTS, WORDS):
        return f"is in no known list: {', '.join((*LISTS, WORDS))}"
    if not isinstance(entry, str):
        return "is no text"
    if not entry.strip() or entry != entry.strip():
        return "is empty or has spaces around it"
    if kind != WORDS and len(entry.split()) > 1 and kind != "stretched":
        return "is more than one word"
    if kind == "repeats" and (len(entry) > UNIT_LIMIT or len(set(entry)) != len(entry)):
        return f"is no unit of 1 to {UNIT_LIMIT} different letters"
    if kind == "stretched" and RUN.search(entry):
        return "is drawn out already: write it short"
    return None


def _key(kind: str, entry: object) -> str:
    """What two entries must not share."""
    text = str(entry)
    if kind == "repeats":
        return "".join(sorted(text))
    return text if kind in ("emotes", "endings") else clean(text).casefold()


def read(name: str) -> Vocabulary:
    """The vocabulary of `words/NAME`; raises VocabularyError."""
    return Vocabulary(files("moment_detection.causes").joinpath("words", name).read_text(encoding="utf-8"), name)


load = cache(read)  # once a process


def problems() -> list[str]:
    """What is wrong with the data files, a line each."""
    found: list[str] = []
    for name in (MOODS, CAUSES):
        try:
            load(name)
        except VocabularyError as error:
            found += str(error).splitlines()
    return found
