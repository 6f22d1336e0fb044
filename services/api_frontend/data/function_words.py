"""Words that stand in every sentence: they are counted like others, and say nothing about a moment."""

import tomllib
from pathlib import Path

from moment_detection.evidence.words import word_key

LISTS = tomllib.loads((Path(__file__).parent / "function_words.toml").read_text(encoding="utf-8"))  # by language
FUNCTION_WORDS = frozenset(word_key(word) for words in LISTS.values() for word in words.split())


def is_function_word(word: str) -> bool:
    """Return whether a word says nothing by itself."""
    return word_key(word) in FUNCTION_WORDS
