"""Find the labels (moods, or kinds of talk) that a text's words and emotes stand for, by a data file in words/."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from moment_detection.causes.normalize import (
    SPACELESS,
    letters_and_length,
    repeated_letter,
    shortened,
    strip_punctuation,
)
from moment_detection.causes.word_lists import WordLists, parse_word_lists
from moment_detection.evidence.characters import one_form

MOODS, CAUSES = "moods.toml", "causes.toml"
SHORT_TEXT = 5  # words; "how" is a reaction in "how??" and none in "it depends how deep they are"
TOKENS_KEPT, TEXTS_KEPT = 20_000, 5_000  # with their labels; a crowd repeats itself
CHANNEL_EMOTE = re.compile(r"[a-z][a-z0-9]+([A-Z].*)")  # a channel's own: its prefix, then a name


class VocabularyError(ValueError):
    """A data file of words is wrong; the text has one line for each problem."""


class Vocabulary:
    """Finds the labels of a text. `labels`: all there are, in the order of the file."""

    def __init__(self, text: str, name: str) -> None:
        """Read TOML; raises VocabularyError with everything that is wrong."""
        lists, problems = parse_word_lists(text)
        if problems:
            raise VocabularyError("\n".join(f"{name}: {problem}" for problem in problems))
        self.labels = lists.labels
        self._lists = lists
        self._inside = _pattern_of(lists)
        self._token_label = lru_cache(TOKENS_KEPT)(self._find_token_label)
        self._text_labels = lru_cache(TEXTS_KEPT)(self._find_text_labels)

    def labels_of(self, text: str) -> frozenset[str]:
        """Return what the words and emotes of a text stand for."""
        return self._text_labels(text)

    def _find_text_labels(self, text: str) -> frozenset[str]:
        text = one_form(text)
        found = set(self._labels_of_tokens(text.split()))
        if not text.isascii():
            for match in self._inside.findall(text.casefold()):
                found.add(self._lists.inside.get(match) or self._lists.letters[match[0]])
        return frozenset(found)

    def _labels_of_tokens(self, tokens: list[str]) -> Iterator[str]:
        words = [strip_punctuation(token).casefold() for token in tokens]
        index = 0
        while index < len(tokens):
            phrase = self._phrase_at(words, index)
            if phrase:
                length, label = phrase
                index += length
                yield label
                continue
            token_label = self._token_label(tokens[index], words[index], len(tokens) <= SHORT_TEXT)
            index += 1
            if token_label:
                yield token_label

    def _phrase_at(self, words: list[str], index: int) -> tuple[int, str] | None:
        """Return (number of words, label) of the longest phrase that begins at a word."""
        for phrase, label in self._lists.phrases.get(words[index], ()):
            if tuple(words[index : index + len(phrase)]) == phrase:
                return len(phrase), label
        return None

    def _find_token_label(self, token: str, word: str, in_short_text: bool) -> str | None:
        """Try an exact emote or word, a repetition, a drawn-out word, and a channel's own emote, in this order.

        `token` is as written, `word` the same in lower case and without punctuation.
        """
        label = self._lists.emotes.get(token) or (self._lists.words.get(word) if in_short_text else None)
        if label:
            return label
        token = strip_punctuation(token)
        return (
            self._lists.emotes.get(token)
            or self._label_of_repetition(token, word)
            or self._label_of_drawn_out(word)
            or self._label_of_channel_emote(token)
        )

    def _label_of_repetition(self, token: str, word: str) -> str | None:
        letter = repeated_letter(token)
        if letter:
            return self._lists.letters.get(letter)
        letters, length = letters_and_length(word)
        least, label = self._lists.repeats.get(letters, (0, None))
        return label if label and length >= least else None

    def _label_of_drawn_out(self, word: str) -> str | None:
        for candidate in shortened(word):
            label = self._lists.stretched.get(candidate) or self._lists.words.get(candidate)
            if label:
                return label
        return None

    def _label_of_channel_emote(self, token: str) -> str | None:
        match = CHANNEL_EMOTE.fullmatch(token)
        if not match:
            return None
        name, word = match[1], match[1].casefold()
        label = self._lists.endings.get(name) or self._lists.emotes.get(name) or self._lists.words.get(word)
        return label or self._label_of_drawn_out(word)


def _pattern_of(lists: WordLists) -> re.Pattern[str]:
    """Return a pattern for what is found inside of a text; the longest entries first."""
    fixed = [re.escape(entry) for entry in sorted(lists.inside, key=lambda entry: (-len(entry), entry))]
    repeated = [f"{letter}{{2,}}" for letter in lists.letters if SPACELESS.search(letter)]
    return re.compile("|".join([*repeated, *fixed]) or "(?!)")


def read(name: str) -> Vocabulary:
    """Read the vocabulary of words/NAME; raises VocabularyError."""
    return Vocabulary(files("moment_detection.causes").joinpath("words", name).read_text(encoding="utf-8"), name)


load = cache(read)  # once per process


def problems() -> list[str]:
    """Return what is wrong with the data files, one line per problem."""
    found: list[str] = []
    for name in (MOODS, CAUSES):
        try:
            load(name)
        except VocabularyError as error:
            found += str(error).splitlines()
    return found
