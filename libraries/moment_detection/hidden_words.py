"""Words that pages never show, found however they are written: configs/hidden_words.toml explains the lists.

A word is compared in the one form of all texts (`evidence.characters`), and then without accents and punctuation, with
Latin letters for those that look like them, and once more with letters for the digits and signs that stand for them.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from unicodedata import category, normalize

from msgspec import structs

from contracts.moments import Evidence
from moment_detection.causes.normalize import SPACELESS
from moment_detection.evidence.characters import one_form

INSIDE, WHOLE = "inside", "whole"
SHORTEST_INSIDE = 4  # letters, where words have spaces between them; shorter ones are inside of too many words
REMEMBERED = 10_000  # words: crowds repeat themselves
LATIN = dict(
    zip(  # what looks like a Latin letter in lower case, and the letter
        "аеёіїјкмнорсѕтухһԁԛԝвαβεηικνορτυχωγɑɡıȷɩłøđħŧʀɴɪᴀᴇɢᴏᴛᴜпгոս",
        "aeeiijkmhopcstyxhdqwbabenikvoptuxwyagijilodhtrniaegotunrnu",
        strict=True,
    )
)
FRAMED = {  # letters on coloured ground and of flags, which have no other form
    code: chr(ord("a") + (code - first))
    for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
    for code in range(first, first + 26)
}
ALIKE = str.maketrans(LATIN) | FRAMED
STANDING_FOR = str.maketrans("013457@$!|€", "oieastasiie")  # digits and signs in the place of letters


class HiddenWordsError(ValueError):
    """The file is invalid; the message has every reason."""


def letters(text: str) -> str:
    """Return the letters and digits of a text in one form: lower case, Latin where they look it, without accents."""
    if text.isascii():
        return "".join(filter(str.isalnum, text.casefold()))
    alike = one_form(text).casefold().translate(ALIKE)
    bare = "".join(each for each in normalize("NFD", alike) if category(each) not in ("Mn", "Me"))
    return "".join(each for each in normalize("NFC", bare).translate(ALIKE) if each.isalnum())


def readings(word: str) -> set[str]:
    """Return what a word may be read as: as it is, and with letters for digits and signs."""
    return {letters(word), letters(one_form(word).translate(STANDING_FOR))}


def pattern_of(entry: str) -> str:
    """Return a pattern that finds an entry with any of its letters drawn out."""
    runs = ((letter, len(list(run))) for letter, run in groupby(letters(entry)))
    return "".join(f"{re.escape(letter)}{{{times},}}" for letter, times in runs)


class HiddenWords:
    """Knows which words are hidden: those that hold an entry of `inside`, and those that are one of `whole`."""

    def __init__(self, inside: Iterable[str] = (), whole: Iterable[str] = ()) -> None:
        patterns = [*map(pattern_of, inside), *(rf"\A{pattern_of(entry)}\Z" for entry in whole)]
        self._pattern = re.compile("|".join(patterns) or r"(?!)")
        self._known = lru_cache(REMEMBERED)(self._find)

    def hides(self, word: str) -> bool:
        """Return whether a word is hidden."""
        return self._known(word)

    def shown(self, evidence: Evidence) -> Evidence:
        """Return evidence without the emotes and words that are hidden."""
        emotes = [each for each in evidence.emotes if not self.hides(each.name)]
        words = [each for each in evidence.words if not self.hides(each.word)]
        if len(emotes) == len(evidence.emotes) and len(words) == len(evidence.words):
            return evidence
        return structs.replace(evidence, emotes=emotes, words=words)

    def _find(self, word: str) -> bool:
        return any(self._pattern.search(reading) for reading in readings(word))


def entries(lists: Mapping[str, object], problems: list[str], name: str) -> Iterator[str]:
    """Yield the entries of one table, `name`; what is wrong with it goes to `problems`."""
    for language, words in lists.items():
        if not isinstance(words, list):
            problems.append(f"{name}.{language} is no list")
            continue
        for word in words:
            if not isinstance(word, str) or not letters(word) or len(word.split()) != 1:
                problems.append(f"{name}.{language}: {word!r} is no word")
            elif name == INSIDE and len(letters(word)) < SHORTEST_INSIDE and not SPACELESS.search(word):
                problems.append(
                    f"{name}.{language}: {word!r} is short and would hide other words: put it under {WHOLE}"
                )
            else:
                yield word


def parse_hidden_words(text: str) -> HiddenWords:
    """Read TOML; raises `HiddenWordsError` with all that is wrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HiddenWordsError(f"no TOML ({error})") from error
    problems = [f"{name}: there are the tables {INSIDE} and {WHOLE}" for name in tables if name not in (INSIDE, WHOLE)]
    problems += [f"{name} is no table" for name in (INSIDE, WHOLE) if not isinstance(tables.get(name, {}), dict)]
    if problems:
        raise HiddenWordsError("; ".join(problems))
    found = {name: list(entries(tables.get(name, {}), problems, name)) for name in (INSIDE, WHOLE)}
    if problems:
        raise HiddenWordsError("; ".join(problems))
    return HiddenWords(found[INSIDE], found[WHOLE])


def read_hidden_words(path: Path) -> HiddenWords:
    """Read the file; raises `HiddenWordsError`."""
    try:
        return parse_hidden_words(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise HiddenWordsError(f"cannot read {path} ({error})") from error
