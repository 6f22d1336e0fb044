"""How far a person's labels and the program's agree."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from cause_check.labels import NONE, Label
from cause_check.rate import Rate
from moment_detection.causes.causes import find_causes
from moment_detection.causes.moods import mood_of
from moment_detection.causes.reactions import may_clip
from moment_detection.evidence.moment_context import MomentContext


class LabelAgreement(NamedTuple):
    """`pairs`: how often each (person's label, program's label) occurs."""

    pairs: Counter[tuple[str, str]]

    @property
    def total(self) -> int:
        """Moments compared."""
        return sum(self.pairs.values())

    @property
    def accuracy(self) -> float:
        """The share of equal labels."""
        return sum(count for (person, program), count in self.pairs.items() if person == program) / self.total

    @property
    def precision(self) -> Rate:
        """How many of the program's labels, `NONE` aside, are the person's as well."""
        given = {pair: count for pair, count in self.pairs.items() if pair[1] != NONE}
        return Rate(sum(count for (person, program), count in given.items() if person == program), sum(given.values()))

    @property
    def kappa(self) -> float:
        """Cohen's kappa: agreement beyond what chance gives with these labels; 1 is full (Cohen 1960)."""
        persons, programs = Counter[str](), Counter[str]()
        for (person, program), count in self.pairs.items():
            persons[person] += count
            programs[program] += count
        chance = sum(persons[label] * programs[label] for label in persons) / self.total**2
        return (self.accuracy - chance) / (1 - chance) if chance < 1 else 1.0


def compare_moods(moments: Iterable[tuple[Label, MomentContext]]) -> LabelAgreement:
    """Compare the person's moods with the program's."""
    pairs: Counter[tuple[str, str]] = Counter()
    for label, context in moments:
        mood = mood_of(context.messages)
        pairs[label.mood, mood[0] if mood else NONE] += 1
    return LabelAgreement(pairs)


def compare_causes(moments: Iterable[tuple[Label, MomentContext]]) -> LabelAgreement:
    """Compare the person's causes with the program's first one; a moment that may be clipped counts as without."""
    pairs: Counter[tuple[str, str]] = Counter()
    for label, context in moments:
        causes = find_causes(context)
        pairs[label.cause, NONE if may_clip(context, causes) else causes[0]] += 1
    return LabelAgreement(pairs)
