"""Which words of a message count as evidence."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from contracts.moments import WORD_MAX_CHARACTERS
from moment_detection.evidence.characters import one_form, without_invisible
from moment_detection.evidence.chat_message import TEXT_LIMIT

PUNCTUATION = ".,!?:;\"'()[]{}…。，！？、~"  # stripped from both ends of a word
LINK = re.compile(r"://|^www\.|\w\.[a-z]{2,}(/|$)")


class Word(NamedTuple):
    """`key` is equal for words that a reader would call the same; `written` is how this one was written."""

    key: str
    written: str


def words_in(text: str) -> Iterator[Word]:
    """Yield the words of a text, without mentions, links, what is too long, and the piece of a word at the cut."""
    tokens = text.split()
    if len(text) >= TEXT_LIMIT and not text[-1].isspace():
        tokens.pop()
    for token in tokens:
        word = _word(token)
        if word:
            yield word


@lru_cache(maxsize=20_000)  # tokens; a crowd repeats itself, and this is most of the work
def _word(token: str) -> Word | None:
    key = word_key(token)
    if not key or "@" in key or LINK.search(key):
        return None
    written = without_invisible(token)
    word = Word(key.strip(PUNCTUATION) or key, written.strip(PUNCTUATION) or written)
    return word if max(map(len, word)) <= WORD_MAX_CHARACTERS else None


def word_key(token: str) -> str:
    """Return the form in which words are compared."""
    return "".join(one_form(token).casefold().split())  # one form of a character may contain a space
