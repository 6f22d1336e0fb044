"""A channel's past peaks above the threshold: what the rate compares with, and how rare a height is.

All of the last two hours, and of the two days before them those that no later peak has passed.
"""

from math import ceil
from typing import NamedTuple

from moment_detection.detection.peaks import HIGHEST_OF_SECONDS

RATE_SECONDS = 7200  # "among the N an hour highest" of these; an hour is short for what a stream is like
FIRST_SECONDS = 600  # a stream's first moments have the places of so long
CAP_SECONDS = 3600
CAP_TIMES = 1.5  # the rate; never more in an hour, however much the channel has changed
RARITY_SECONDS = 48 * 3600  # as long as a channel's state lasts without chat
STEPS_LIMIT = 64  # peaks older than two hours; peaks without a trend make about ten
RAISED, CLIPPED = 1, 2


class Past(NamedTuple):
    """One past peak; `flags`: whether it became a moment and might become a clip."""

    second: int
    score: float
    flags: int


class History:
    """Past peaks, the oldest first. `known_from`: nothing is known of earlier seconds; 0 where nothing is known."""

    __slots__ = ("known_from", "peaks")

    def __init__(self, known_from: int = 0, peaks: list[Past] | None = None) -> None:
        self.known_from = known_from
        self.peaks = peaks if peaks is not None else []

    def add(self, past: Past, crossed: int = 0) -> None:
        """Remember a peak, of a moment that crossed at `crossed` where it is one.

        A peak of the minute before, which was lower, was a step on the way to it, unless it was another moment's.
        """
        kept, later, flags = [past], past.score, past.flags
        for each in reversed(self.peaks):
            age = past.second - each.second
            if age <= HIGHEST_OF_SECONDS and ((crossed and each.second >= crossed) or not each.flags):
                flags |= each.flags
            elif age <= RATE_SECONDS or (each.score > later and age <= RARITY_SECONDS):
                kept.append(each)
                later = max(later, each.score)
        kept[0] = past._replace(flags=flags)
        self.peaks = kept[::-1]
        self._bound(past.second)

    def _bound(self, second: int) -> None:
        """Forget the oldest of too many steps, and that more was known."""
        steps = sum(1 for each in self.peaks if each.second < second - RATE_SECONDS)
        if steps > STEPS_LIMIT:
            self.known_from = self.peaks[steps - STEPS_LIMIT - 1].second + 1
            del self.peaks[: steps - STEPS_LIMIT]

    def admits(self, crossed: int, score: float, an_hour: float, flag: int, seen: int) -> bool:
        """Whether `score`, of a moment that crossed at `crossed`, is among the `an_hour` highest an hour of the two
        hours before, of which `seen` seconds were read.

        `flag` tells which of the past ones were admitted: there is a cap on them.
        """
        higher = admitted = 0
        for past in reversed(self.peaks):
            age = crossed - past.second
            if age <= 0:
                continue
            if age > RATE_SECONDS:
                break
            higher += past.score >= score
            admitted += bool(past.flags & flag) and age <= CAP_SECONDS
        places = ceil(an_hour * min(max(seen, FIRST_SECONDS), RATE_SECONDS) / 3600)
        return higher < places and admitted < ceil(an_hour * CAP_TIMES)

    def biggest_in(self, crossed: int, second: int, score: float) -> int | None:
        """For how many seconds before the peak at `second`, of a moment that crossed at `crossed`, none was as high.

        At least so many, where nothing is known of the time before; None where that is all.
        """
        since = self.known_from
        if not since:
            return None
        for past in self.peaks:
            if past.second < crossed and past.score >= score:
                since = max(since, past.second)
        return min(second - since, RARITY_SECONDS)
