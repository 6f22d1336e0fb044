"""Messages recognised by their form: commands to a bot, entries to a raffle, votes."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from moment_detection.causes.normalized_message import NormalizedMessage, chatters_of
from moment_detection.causes.vocabulary import Vocabulary

COMMAND = re.compile(r"!(\w+)")
NUMBER = re.compile(r"[1-9]|([1-4])\1+|[+-]1")  # a vote; "666", "777", "888" are reactions in some languages
LETTER = re.compile(r"[a-e]")
LONE_OPTIONS = ("1", "+1")  # "write 1 if you hear me": these make a vote even as its only option
OPTION_SHARE = 0.1  # of the voters; what fewer choose is not an option of the vote
KEYWORD_SHARE = 0.25  # of the window's chatters write the same word
KEYWORD_WORDS = 2  # a keyword message has at most this many words

Option = Callable[[NormalizedMessage], str | None]


def commands(
    messages: Sequence[NormalizedMessage], vocabulary: Vocabulary
) -> defaultdict[str, list[NormalizedMessage]]:
    """Return the messages that begin with a command, by its purpose: "giveaway", "vote" or "commands"."""
    found: defaultdict[str, list[NormalizedMessage]] = defaultdict(list)
    for message in messages:
        command = COMMAND.match(message.text)
        if command:
            found[_purpose(command[1], vocabulary)].append(message)
    return found


def _purpose(command: str, vocabulary: Vocabulary) -> str:
    labels = vocabulary.labels_of(command)
    if not labels.isdisjoint(("giveaway", "entering")):
        return "giveaway"
    return "vote" if "vote" in labels or NUMBER.fullmatch(command) else "commands"


def raffle_entries(
    messages: Sequence[NormalizedMessage], all_messages: Iterable[NormalizedMessage], vocabulary: Vocabulary
) -> list[NormalizedMessage]:
    """Return the messages with which people enter a raffle by writing its word.

    That is the message that most people wrote, if many did and it is a hashtag or somebody speaks of a giveaway.
    """
    writers: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        writers[message.key].add(message.chatter)
    if not writers:
        return []
    key = max(writers, key=lambda each: (len(writers[each]), each))
    if not 0 < len(key.split()) <= KEYWORD_WORDS or len(writers[key]) < KEYWORD_SHARE * len(chatters_of(messages)):
        return []
    announced = (
        key.startswith("#")
        or "giveaway" in vocabulary.labels_of(key)
        or any("giveaway" in vocabulary.labels_of(each.text) for each in all_messages if each.key != key)
    )
    return [message for message in messages if message.key == key] if announced else []


def votes(messages: Sequence[NormalizedMessage], vocabulary: Vocabulary) -> list[NormalizedMessage]:
    """Return the messages that choose one of several options, or the lone "1"."""
    found: list[NormalizedMessage] = []
    for option in (_number, _letter, lambda message: _yes_or_no(message, vocabulary)):
        by_option = _group(messages, option)
        chosen = _chosen_options(by_option)
        if len(chosen) > 1 or any(each in LONE_OPTIONS for each in chosen):
            found += [message for each in chosen for message in by_option[each]]
    return found


def _group(messages: Iterable[NormalizedMessage], option: Option) -> dict[str, list[NormalizedMessage]]:
    found: dict[str, list[NormalizedMessage]] = defaultdict(list)
    for message in messages:
        name = option(message)
        if name:
            found[name].append(message)
    return found


def _chosen_options(by_option: dict[str, list[NormalizedMessage]]) -> list[str]:
    """Return the options that enough people chose, at least two."""
    voters = Counter({option: len(chatters_of(messages)) for option, messages in by_option.items()})
    return sorted(option for option, count in voters.items() if count >= max(2, OPTION_SHARE * voters.total()))


def _number(message: NormalizedMessage) -> str | None:
    text = message.text.replace(" ", "")
    match = NUMBER.fullmatch(text)
    return (match[1] or text) if match else None


def _letter(message: NormalizedMessage) -> str | None:
    return message.key if LETTER.fullmatch(message.key) else None


def _yes_or_no(message: NormalizedMessage, vocabulary: Vocabulary) -> str | None:
    labels = vocabulary.labels_of(message.text) if len(message.words) == 1 else frozenset()
    return "yes" if "yes" in labels else "no" if "no" in labels else None
