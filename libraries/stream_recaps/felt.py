"""What a crowd felt in an hour, by the emotes that it used most."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from moment_detection.causes.vocabulary import MOODS, Vocabulary, load

MINIMUM_SHARE = 0.1  # of the uses of emotes that say something; less is nobody's feeling
MINIMUM_USES = 10  # in an hour; fewer say nothing of a crowd


class RecapEmote(Struct, frozen=True, array_like=True):
    """An emote of a time. `people`: the distinct chatters of its busiest minute."""

    provider: str
    id: str
    name: str
    uses: int
    people: int


class FeltHour(Struct, frozen=True, omit_defaults=True):
    """An hour of a stream: its most used emotes, and the share of each mood among those that say one."""

    emotes: tuple[RecapEmote, ...] = ()
    moods: dict[str, float] = {}


def moods_of(emotes: Iterable[RecapEmote], vocabulary: Vocabulary | None = None) -> dict[str, float]:
    """Return moods with their shares, the greatest first; empty where too few emotes say one."""
    vocabulary = vocabulary or load(MOODS)
    uses: Counter[str] = Counter()
    for emote in emotes:
        for mood in vocabulary.labels_of(emote.name):
            uses[mood] += emote.uses
    total = uses.total()
    if total < MINIMUM_USES:
        return {}
    return {mood: round(count / total, 3) for mood, count in uses.most_common() if count / total >= MINIMUM_SHARE}


def felt_hour(emotes: Iterable[RecapEmote], most: int) -> FeltHour:
    """Describe an hour by its emotes, of which `most` are kept."""
    found = tuple(emotes)
    return FeltHour(found[:most], moods_of(found))
