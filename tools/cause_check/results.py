"""Results of trials by kind: how many raised a moment, had the right cause, and were rightly clipped or not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cause_check import trial
from cause_check.rate import Rate
from cause_check.trial import Outcome
from twitch_simulator.crowd.plays import KINDS

EVENTS = ("raid", "gifts")  # beside which a true burst may happen


class Result(NamedTuple):
    """The trials of one kind.

    `named`: the right cause was found. `right`: clipped, or not clipped, as it should be when its peak had held;
    `right_closed`: the same once the moment had closed. `causes`: all that were found.
    """

    kind: str
    raised: Rate
    named: Rate
    right: Rate
    right_closed: Rate
    causes: Counter[str]


def summarize(kind: str, outcomes: Sequence[Outcome], *, cause: str | None, clips: bool) -> Result:
    """Sum up trials. `cause`: the right one, None if none should be found. `clips`: whether a clip is right."""
    raised = [outcome for outcome in outcomes if outcome.raised]
    named = sum(cause in outcome.causes if cause else not outcome.causes for outcome in raised)
    right = sum(outcome.may_clip == clips for outcome in raised)
    closed = sum(outcome.may_clip_closed == clips for outcome in raised)
    count = len(raised)
    return Result(
        kind=kind,
        raised=Rate(count, len(outcomes)),
        named=Rate(named, count),
        right=Rate(right, count),
        right_closed=Rate(closed, count),
        causes=Counter(each for outcome in raised for each in outcome.causes),
    )


def plays(number: int, seed: int) -> list[Result]:
    """Play each cause `number` times."""
    seeds = range(seed, seed + number)
    return [summarize(kind, [trial.play(kind, each) for each in seeds], cause=kind, clips=False) for kind in KINDS]


def true_bursts(number: int, seed: int) -> list[Result]:
    """Play true bursts alone, in all and by kind, then together with a raid or gifts, then a while after them."""
    seeds = range(seed, seed + number)
    alone = [trial.burst(each) for each in seeds]
    found = [summarize("true bursts", alone, cause=None, clips=True)]
    for kind in sorted({outcome.kind for outcome in alone}):
        of_kind = [outcome for outcome in alone if outcome.kind == kind]
        found.append(summarize(f"  {kind}", of_kind, cause=None, clips=True))
    for after in (False, True):
        for event in EVENTS:
            outcomes = [trial.burst_beside(event, each, after=after) for each in seeds]
            found.append(summarize(outcomes[0].kind, outcomes, cause=event, clips=True))
    return found


def table(results: Iterable[Result], *, named: str, right: str) -> Iterator[str]:
    """Yield a heading and one line per kind; `named` and `right` are the headings of these columns."""
    yield f"{'':22} {'raised':>10}   {named:28} {right:28} {'once closed':>11} causes found"
    for each in results:
        causes = ", ".join(f"{cause} {count}" for cause, count in each.causes.most_common(4))
        closed = f"{each.right_closed.share:.0%}"
        yield f"{each.kind:22} {each.raised.share:9.0%}    {each.named!s:28} {each.right!s:28} {closed:>11}   {causes}"
