"""What a visitor types to search by, as words: all have to be there, the last one perhaps unfinished."""

import re
from collections.abc import Collection

MOST_WORDS = 8
MOST_CHARACTERS = 100
FIRM_CHARACTERS = 3  # of an unfinished word; a shorter one begins too many
WORD = re.compile(
    r"[^\s!-/:-@\[-`{-~\x00-\x1f\x7f]+"
)  # ASCII punctuation parts words, as in `search_words` of Postgres


def words_of(text: str) -> tuple[str, ...]:
    """Return a text's words in lower case."""
    return tuple(WORD.findall(text.lower())[:MOST_WORDS])


def query_of(text: str) -> str:
    """Write the search for Postgres's `to_tsquery`; words hold none of its operators."""
    words = words_of(text)
    return " & ".join([*words[:-1], f"{words[-1]}:*"]) if words else ""


def firm_query_of(text: str, common: Collection[str] = ()) -> str:
    """Write what the index of words is asked for: without common words and short beginnings, if any other is left."""
    *whole, last = words_of(text) or ("",)
    firm = [word for word in whole if word not in common]
    if len(last) >= FIRM_CHARACTERS and not any(word.startswith(last) for word in common):
        firm.append(f"{last}:*")
    return " & ".join(firm) or query_of(text)


def found_in(text: str, stored: frozenset[str]) -> bool:
    """Return whether stored words have all that was typed."""
    words = words_of(text)
    if not words:
        return True
    return stored.issuperset(words[:-1]) and any(word.startswith(words[-1]) for word in stored)
