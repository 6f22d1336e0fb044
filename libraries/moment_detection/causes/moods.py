"""The mood of a moment: the one that most of its chatters expressed, and their share."""

from collections import Counter
from collections.abc import Sequence

from moment_detection.causes.vocabulary import MOODS, Vocabulary, load
from moment_detection.evidence.chat_message import ChatMessage

MINIMUM_CHATTERS = 4  # who express it; three may be friends who joke
MINIMUM_SHARE = 0.2  # of the moment's chatters; below it the crowd shares no mood


def mood_of(messages: Sequence[ChatMessage], vocabulary: Vocabulary | None = None) -> tuple[str, float] | None:
    """Return (mood, share of the chatters who expressed it), None if too few did. Ties go to the file's order."""
    vocabulary = vocabulary or load(MOODS)
    moods_of: dict[str, frozenset[str]] = {}  # by text; a crowd repeats itself
    by_chatter: dict[str, set[str]] = {}
    for message in messages:
        if message.text not in moods_of:
            moods_of[message.text] = vocabulary.labels_of(message.text)
        if moods_of[message.text]:
            by_chatter.setdefault(message.chatter, set()).update(moods_of[message.text])
    counts: Counter[str] = Counter(mood for moods in by_chatter.values() for mood in moods)
    if not counts:
        return None
    mood = max(vocabulary.labels, key=lambda label: counts[label])
    share = counts[mood] / len({message.chatter for message in messages})
    if counts[mood] < MINIMUM_CHATTERS or share < MINIMUM_SHARE:
        return None
    return mood, share
