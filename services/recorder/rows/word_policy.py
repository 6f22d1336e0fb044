"""Which words of a chat may enter Postgres: common ones only, nobody's name and no address."""

from msgspec.structs import replace

from contracts.moments import Evidence, WordCount

MIN_CHATTERS = 5  # people who used the word; fewer could point at one of them
MAX_LENGTH = 25  # characters
ADDRESS_MARKS = ("@", "://", "www.")


def may_be_kept(word: WordCount) -> bool:
    """True for a word that at least five people used, of at most 25 characters, no mention and no link."""
    text = word.word.lower()
    return word.chatters >= MIN_CHATTERS and len(text) <= MAX_LENGTH and not any(mark in text for mark in ADDRESS_MARKS)


def without_private_words(evidence: Evidence) -> Evidence:
    """The evidence with the words that may be kept; the detector leaves others out already, this is the last gate."""
    kept = [word for word in evidence.words if may_be_kept(word)]
    return evidence if len(kept) == len(evidence.words) else replace(evidence, words=kept)
