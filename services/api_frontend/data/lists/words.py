"""What a visitor types to search by, as words: all have to be there, the last one perhaps unfinished."""

import re

MOST_WORDS = 8
MOST_CHARACTERS = 100
FIRM_CHARACTERS = 3  # of an unfinished word beside others
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


def firm_query_of(text: str) -> str:
    """Write what the index of words is asked for: without an unfinished word that begins half of all words."""
    words = words_of(text)
    is_vague = len(words) > 1 and len(words[-1]) < FIRM_CHARACTERS
    return " & ".join(words[:-1]) if is_vague else query_of(text)


def found_in(text: str, stored: frozenset[str]) -> bool:
    """Return whether stored words have all that was typed."""
    words = words_of(text)
    if not words:
        return True
    return stored.issuperset(words[:-1]) and any(word.startswith(words[-1]) for word in stored)
