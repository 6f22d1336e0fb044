"""What the crowd of a moment felt: the mood that most of its people wrote of, and the share of them. Pure."""

from collections import Counter
from collections.abc import Sequence

from moment_detection.causes.vocabulary import MOODS, Vocabulary, load
from moment_detection.evidence.chat_message import ChatMessage

LEAST_PEOPLE = 4  # three may be friends who joke
LEAST_SHARE = 0.2  # of the moment's people; below it a crowd felt nothing in common


def mood_of(messages: Sequence[ChatMessage], vocabulary: Vocabulary | None = None) -> tuple[str, float] | None:
    """(mood, share of the people who wrote it), None where too few did. Ties go to the file's order."""
    vocabulary = vocabulary or load(MOODS)
    known: dict[str, frozenset[str]] = {}  # text: its moods; a crowd repeats itself
    felt: dict[str, set[str]] = {}
    for message in messages:
        if message.text not in known:
            known[message.text] = vocabulary.labels_of(message.text)
        if known[message.text]:
            felt.setdefault(message.chatter, set()).update(known[message.text])
    people: Counter[str] = Counter(mood for moods in felt.values() for mood in moods)
    if not people:
        return None
    mood = max(vocabulary.labels, key=lambda label: people[label])
    share = people[mood] / len({message.chatter for message in messages})
    if people[mood] < LEAST_PEOPLE or share < LEAST_SHARE:
        return None
    return mood, share
