"""Reduce the ways in which people write the same thing to one form: case, punctuation, drawn-out letters."""

import re

from moment_detection.evidence.characters import one_form

PUNCTUATION = ".,!:;\"'()[]{}…。，！、~*_-"
DRAWN_OUT = re.compile(r"(.)\1{2,}")  # a letter three times or more; twice is spelling
SPACELESS = re.compile(  # emoji and the scripts that put no spaces between words
    "[\u2190-\u21ff\u203c\u2049\u2300-\u27bf\u2b00-\u2bff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U0001f000-\U0001faff]"
)
REPEATED_LETTERS = 3  # of one letter: "www"; "ww" is a typing error


def strip_punctuation(token: str) -> str:
    """Return a word without the punctuation around it; a token of nothing but punctuation is returned as it is."""
    return token.strip(PUNCTUATION) or token


def shortened(word: str) -> tuple[str, ...]:
    """Return what a drawn-out word may stand for: "loool" for "lol" and "lool"; nothing if no letter is drawn out."""
    if not DRAWN_OUT.search(word):
        return ()
    return DRAWN_OUT.sub(r"\1", word), DRAWN_OUT.sub(r"\1\1", word)


def repeated_letter(word: str) -> str | None:
    """Return the one letter of which the word consists, None unless it is there three times or more."""
    return word[0] if len(word) >= REPEATED_LETTERS and word.count(word[0]) == len(word) else None


def letters_and_length(word: str) -> tuple[frozenset[str], int]:
    """Return a word's letters and its length without drawn-out ones: "haaahaha" has h and a, and 6."""
    return frozenset(word), len(DRAWN_OUT.sub(r"\1", word))


def comparison_key(text: str) -> str:
    """Return a key that is equal for texts that a reader would call the same.

    Case, spaces, punctuation around words, and who is mentioned make no difference.
    """
    tokens = one_form(text).casefold().split()
    return " ".join(strip_punctuation(token) for token in tokens if not token.startswith("@") or len(tokens) == 1)
