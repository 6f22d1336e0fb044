"""What the trials came to: recall for each cause, false positives on true bursts, with intervals."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from cause_check import trial
from cause_check.trial import Outcome
from twitch_simulator.crowd.plays import KINDS

Z = 1.645  # 90 %
BESIDE = ("raid", "gifts")


class Rate(NamedTuple):
    """How often, of how many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """0 to 1; nan where nothing was counted."""
        return self.hits / self.of if self.of else float("nan")

    def interval(self) -> tuple[float, float]:
        """Wilson's 90 % interval (1927)."""
        if not self.of:
            return 0.0, 1.0
        middle = (self.share + Z * Z / (2 * self.of)) / (1 + Z * Z / self.of)
        width = Z * sqrt(self.share * (1 - self.share) / self.of + Z * Z / (4 * self.of**2)) / (1 + Z * Z / self.of)
        return max(middle - width, 0.0), min(middle + width, 1.0)

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.share:6.1%} of {self.of:4} ({low:.0%}-{high:.0%})"


class Judged(NamedTuple):
    """One kind of trial. `named`: its cause was named. `right`: clipped or not, as it should be, and once closed."""

    kind: str
    raised: Rate
    named: Rate
    right: Rate
    right_closed: Rate
    causes: Counter[str]


def judge(kind: str, outcomes: Sequence[Outcome], cause: str | None, clips: bool) -> Judged:
    """`cause`: what should be named, None for nothing at all; `clips`: whether a clip is right."""
    raised = [outcome for outcome in outcomes if outcome.raised]
    named = sum(cause in outcome.causes if cause else not outcome.causes for outcome in raised)
    right = sum(outcome.may_clip == clips for outcome in raised)
    closed = sum(outcome.may_clip_closed == clips for outcome in raised)
    causes = Counter(each for outcome in raised for each in outcome.causes)
    count = len(raised)
    return Judged(kind, Rate(count, len(outcomes)), Rate(named, count), Rate(right, count), Rate(closed, count), causes)


def plays(number: int, seed: int) -> list[Judged]:
    """Each cause, played `number` times."""
    seeds = range(seed, seed + number)
    return [judge(kind, [trial.play(kind, each) for each in seeds], kind, False) for kind in KINDS]


def true_bursts(number: int, seed: int) -> list[Judged]:
    """True bursts alone, in all and by their kind, and beside a raid or gifts."""
    seeds = range(seed, seed + number)
    alone = [trial.burst(each) for each in seeds]
    kinds = sorted({outcome.kind for outcome in alone})
    found = [judge("true bursts", alone, None, True)]
    found += [judge(f"  {kind}", [each for each in alone if each.kind == kind], None, True) for kind in kinds]
    for after in (False, True):
        for kind in BESIDE:
            outcomes = [trial.beside(kind, each, after) for each in seeds]
            found.append(judge(outcomes[0].kind, outcomes, kind, True))
    return found


def lines(judged: Iterable[Judged], named: str, right: str) -> Iterator[str]:
    """The table, one kind a line; `named` and `right` are the columns' names."""
    yield f"{'':22} {'raised':>10}   {named:28} {right:28} {'once closed':>11} causes named"
    for each in judged:
        causes = ", ".join(f"{cause} {count}" for cause, count in each.causes.most_common(4))
        closed = f"{each.right_closed.share:.0%}"
        yield f"{each.kind:22} {each.raised.share:9.0%}    {each.named!s:28} {each.right!s:28} {closed:>11}   {causes}"


Report = Callable[[str], None]
