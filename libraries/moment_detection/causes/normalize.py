"""How people write, made comparable: case, width, invisible marks, drawn-out letters, sayings over and over. Pure."""

import re
from unicodedata import normalize

# Marks that nobody sees: joiners and selectors of emoji, and what chat programs append to say a line twice.
INVISIBLE = dict.fromkeys(
    [0x00AD, 0x034F, *range(0x200B, 0x2010), 0x2060, 0x20E3, *range(0xFE00, 0xFE10), 0xFEFF, 0xE0000]
)
PUNCTUATION = ".,!:;\"'()[]{}…。，！、~*_-"
RUN = re.compile(r"(.)\1{2,}")  # a letter three times or more is drawn out; twice is spelling
SPACELESS = re.compile(  # emoji and the scripts that put no spaces between words
    "[\u2190-\u21ff\u203c\u2049\u2300-\u27bf\u2b00-\u2bff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U0001f000-\U0001faff]"
)
REPEAT_LETTERS = 3  # of one letter: "www"; "ww" is a typing error


def clean(text: str) -> str:
    """The text with one form for each letter and without what nobody sees."""
    if text.isascii():
        return text
    return normalize("NFKC", text.translate(INVISIBLE))


def bare(token: str) -> str:
    """A word without the punctuation around it; a token of nothing else stays."""
    return token.strip(PUNCTUATION) or token


def undrawn(word: str) -> tuple[str, ...]:
    """What a drawn-out word may stand for: "loool" for "lol" and "lool"; nothing where no letter is drawn out."""
    if not RUN.search(word):
        return ()
    return RUN.sub(r"\1", word), RUN.sub(r"\1\1", word)


def unit(word: str) -> str | None:
    """The one letter that the word repeats three times or more, None where it does not."""
    return word[0] if len(word) >= REPEAT_LETTERS and word.count(word[0]) == len(word) else None


def letters(word: str) -> tuple[frozenset[str], int]:
    """The letters of a word and its length without drawn-out ones: "haaahaha" is h and a, and six long."""
    return frozenset(word), len(RUN.sub(r"\1", word))


def line_key(text: str) -> str:
    """The same for lines that a reader takes for the same: case, spaces, marks, and who is answered do not matter."""
    tokens = clean(text).casefold().split()
    return " ".join(bare(token) for token in tokens if not token.startswith("@") or len(tokens) == 1)
