"""Which words of a message count as evidence."""

import re
from collections.abc import Iterator
from functools import lru_cache

from contracts.moments import WORD_MAX_CHARACTERS

PUNCTUATION = ".,!?:;\"'()[]{}…。，！？、~"  # stripped from both ends of a word
LINK = re.compile(r"://|^www\.|\w\.[a-z]{2,}(/|$)")


def words_in(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case, without mentions, links and what is too long."""
    for token in text.split():
        word = _word(token)
        if word:
            yield word


@lru_cache(maxsize=20_000)  # tokens; a crowd repeats itself, and this is most of the work
def _word(token: str) -> str | None:
    word = token.casefold()
    if "@" in word or LINK.search(word):
        return None
    word = word.strip(PUNCTUATION) or word
    return word if len(word) <= WORD_MAX_CHARACTERS else None
