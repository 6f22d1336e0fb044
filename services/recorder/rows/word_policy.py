"""Which texts of a chat may enter Postgres: common words only, nobody's name and no address."""

import re
from functools import lru_cache

from msgspec.structs import replace

from contracts.moments import WORD_MAX_CHARACTERS, WORD_MIN_CHATTERS, Moment, WordCount
from moment_detection.evidence.characters import one_form

ADDRESS_MARKS = ("@", "://", "www.")
CODE = re.compile(r"[\w.:-]{0,40}")  # no space: a code such as "laughter" or "bot_flood", never a sentence
CODES_REMEMBERED = 1024  # moments repeat a few dozen


def may_be_kept(word: WordCount) -> bool:
    """Return True for a word of at least five people, of at most 25 characters, that is no mention and no link."""
    text = one_form(word.word).casefold()
    is_common = word.chatters >= WORD_MIN_CHATTERS and len(text) <= WORD_MAX_CHARACTERS
    return is_common and not any(mark in text for mark in ADDRESS_MARKS)


@lru_cache(CODES_REMEMBERED)
def is_code(text: str) -> bool:
    """Return True for a short text without spaces, which may stand in a document's other fields."""
    return CODE.fullmatch(text) is not None


def without_private_words(moment: Moment) -> Moment:
    """Drop the words that may not be kept. The detector has left them out already; this is the last gate."""
    words = moment.evidence.words
    kept = [word for word in words if may_be_kept(word)]
    return moment if len(kept) == len(words) else replace(moment, evidence=replace(moment.evidence, words=kept))
