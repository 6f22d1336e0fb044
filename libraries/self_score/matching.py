"""Which moments of ours are at a place that viewers clipped."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from self_score.places import Place

# On recorded chat (docs/detection.md, The self-score) loud seconds gather from 30 s before a clip's start to its end:
# people press Clip when the thing is over, and cut it late.
EARLY_MS = 30_000  # before the place's start
LATE_MS = 30_000  # after its end: chat reacts within 20 s (contracts.clips.REACTION_MS), and takes some to swell


class SeenMoment(NamedTuple):
    """A moment of ours: from crossing to peak (ms), and how high it was."""

    moment_id: str
    crossed_at: int
    peak_at: int
    score: float


class Matches(NamedTuple):
    """What lies together, by position. `highest`: of each place, the highest score of its moments; None: missed.

    `owner`: of each place, the moment that is nearest to it. `clipped`: of each moment, whether it is at any place.
    """

    highest: list[float | None]
    owner: list[int | None]
    clipped: list[bool]


def is_at(moment: SeenMoment, place: Place) -> bool:
    """Return whether a moment is at a place."""
    return moment.peak_at >= place.from_at - EARLY_MS and moment.crossed_at <= place.until_at + LATE_MS


def distance(moment: SeenMoment, place: Place) -> int:
    """Return how far (ms) a moment's peak is from the middle of a place."""
    return abs(2 * moment.peak_at - place.from_at - place.until_at) // 2


def matches_of(places: Sequence[Place], moments: Sequence[SeenMoment]) -> Matches:
    """Match each place with each moment; a moment may be at two places, and a place have two moments."""
    found = Matches([None] * len(places), [None] * len(places), [False] * len(moments))
    order = sorted(range(len(moments)), key=lambda each: moments[each].crossed_at)
    crossed = [moments[each].crossed_at for each in order]
    longest = max((each.peak_at - each.crossed_at for each in moments), default=0)
    for number, place in enumerate(places):
        near = order[
            bisect_left(crossed, place.from_at - EARLY_MS - longest) : bisect_right(crossed, place.until_at + LATE_MS)
        ]
        here = [each for each in near if is_at(moments[each], place)]
        if not here:
            continue
        for each in here:
            found.clipped[each] = True
        found.highest[number] = max(moments[each].score for each in here)
        found.owner[number] = min(here, key=lambda each: (distance(moments[each], place), moments[each].moment_id))
    return found


def shown_places(places: Sequence[Place], moments: Sequence[SeenMoment]) -> dict[str, Place]:
    """Return by moment the place that it shows: of those nearest to it, the one that most viewers clipped."""
    shown: dict[str, Place] = {}
    for place, owner in zip(places, matches_of(places, moments).owner, strict=True):
        if owner is None:
            continue
        moment_id = moments[owner].moment_id
        known = shown.get(moment_id)
        if known is None or (place.viewers, place.views, place.clip_id) > (known.viewers, known.views, known.clip_id):
            shown[moment_id] = place
    return shown
