"""The self-score of a stretch of time: what was found, at the threshold that ran and at higher ones."""

from collections.abc import Iterable, Sequence
from math import exp
from typing import NamedTuple

from emote_counts.gaps import Span, between
from self_score.matching import EARLY_MS, LATE_MS, SeenMoment, matches_of
from self_score.places import Place

# Lowest scores of a moment that are tried. Below the detector's own threshold only a shadow has more to say.
THRESHOLDS = (2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 10.0, 12.0)
LEAST_READ = 0.5  # of a place and the seconds after it, in which chat reacts; else nothing could be found there


class Step(NamedTuple):
    """What moments of at least this score find. `clipped`: of the moments, those at a place that any viewer clipped.

    `found`: of the places that several viewers clipped. `by_chance`: how many as many moments would have found, had
    they lain anywhere.
    """

    threshold: float
    moments: int
    clipped: int
    found: int
    by_chance: float


class Score(NamedTuple):
    """The score of a stretch. `places`: those that several viewers clipped and of which the chat was read.

    `unread`: those that nobody read; they count neither way. `seconds`: how long the chat was read. `steps`: one for
    each of THRESHOLDS.
    """

    places: int
    unread: int
    seconds: int
    steps: tuple[Step, ...]

    @property
    def whole(self) -> Step:
        """What all moments found, whatever their score."""
        return self.steps[0]


def is_read(place: Place, read: Iterable[Span]) -> bool:
    """Return whether the chat at a place was read for the most part."""
    until = place.until_at + LATE_MS
    seen = sum(end - begin for begin, end in between(read, place.from_at, until))
    return seen >= LEAST_READ * (until - place.from_at)


def score_of(
    places: Sequence[Place], moments: Sequence[SeenMoment], read: Sequence[Span], from_at: int, until_at: int
) -> Score:
    """Score the places and moments that begin between two times (ms); those around may match them.

    `read`: when the chat was read, in the order of time. The first step has all moments, whatever they scored.
    """
    matches = matches_of(places, moments)
    begun = [number for number, each in enumerate(places) if from_at <= each.from_at < until_at and each.is_judge]
    judges = [number for number in begun if is_read(places[number], read)]
    ours = [number for number, each in enumerate(moments) if from_at <= each.crossed_at < until_at]
    seconds = sum(end - begin for begin, end in between(read, from_at, until_at)) // 1000
    steps = []
    for threshold in THRESHOLDS:
        least = float("-inf") if threshold == THRESHOLDS[0] else threshold
        raised = [number for number in ours if moments[number].score >= least]
        steps.append(
            Step(
                threshold=threshold,
                moments=len(raised),
                clipped=sum(matches.clipped[number] for number in raised),
                found=sum(is_found(matches.highest[number], least) for number in judges),
                by_chance=by_chance([places[number] for number in judges], [moments[each] for each in raised], seconds),
            )
        )
    return Score(len(judges), len(begun) - len(judges), seconds, tuple(steps))


def is_found(highest: float | None, least: float) -> bool:
    """Return whether a place has a moment of at least this score."""
    return highest is not None and highest >= least


def by_chance(places: Sequence[Place], moments: Sequence[SeenMoment], seconds: int) -> float:
    """Return how many places so many moments find if they lie anywhere in that many seconds, as a Poisson process."""
    if not seconds or not moments:
        return 0.0
    rate = len(moments) / (1000 * seconds)
    long = sum(each.peak_at - each.crossed_at for each in moments) / len(moments)
    return sum(1 - exp(-rate * (each.until_at - each.from_at + EARLY_MS + LATE_MS + long)) for each in places)


def added(scores: Iterable[Score]) -> Score:
    """Add scores of different days or channels."""
    found = list(scores)
    steps = tuple(
        Step(
            threshold=threshold,
            moments=sum(each.steps[place].moments for each in found),
            clipped=sum(each.steps[place].clipped for each in found),
            found=sum(each.steps[place].found for each in found),
            by_chance=sum(each.steps[place].by_chance for each in found),
        )
        for place, threshold in enumerate(THRESHOLDS)
    )
    totals = (sum(each.places for each in found), sum(each.unread for each in found))
    return Score(*totals, sum(each.seconds for each in found), steps)
