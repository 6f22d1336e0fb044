"""A channel's past peaks above the threshold, for the hourly rate and for how rare a height is.

All peaks of the last two hours, and of the two days before only those that no later peak has passed.
"""

from math import ceil
from typing import NamedTuple

from msgspec import Struct, field

from moment_detection.detection.peaks import HIGHEST_OF_SECONDS

RATE_SECONDS = 7200  # the rate limit admits the highest peaks of this period; one hour is too short to know a stream
FIRST_SECONDS = 600  # a stream begins with the quota of this many seconds
CAP_SECONDS = 3600
CAP_TIMES = 1.5  # never more than the rate times this in an hour, however much the channel has changed
RARITY_SECONDS = 48 * 3600  # as long as a channel's state lasts without chat
OLDER_LIMIT = 64  # peaks older than two hours; chat without a trend has about ten
WAS_MOMENT, WAS_CLIP, NO_CLIP = 1, 2, 4  # flags of a past peak; NO_CLIP: ruled out for its cause


class PastPeak(NamedTuple):
    """A past peak. `flags`: whether it became a moment, and whether a clip of it was allowed or ruled out."""

    second: int
    score: float
    flags: int


class PeakHistory(Struct, array_like=True, gc=False):
    """Past peaks, oldest first. `known_from`: nothing is known of earlier seconds; 0 if nothing is known at all."""

    known_from: int = 0
    peaks: list[PastPeak] = field(default_factory=list)

    def begin(self, second: int) -> None:
        """Note that the channel is known from `second` on."""
        self.known_from = second

    def lose_track(self) -> None:
        """Note that a peak of any height may have been missed."""
        self.known_from = 0

    def add(self, past: PastPeak, crossed: int = 0) -> None:
        """Add a peak; `crossed` is the crossing of its moment, 0 if it has none.

        A lower peak of the minute before is merged into it, unless that one belongs to another moment.
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
        self._drop_oldest(past.second)

    def _drop_oldest(self, second: int) -> None:
        """Drop the oldest peaks above the limit; `known_from` moves to after them."""
        older = sum(1 for each in self.peaks if each.second < second - RATE_SECONDS)
        if older > OLDER_LIMIT:
            self.known_from = self.peaks[older - OLDER_LIMIT - 1].second + 1
            del self.peaks[: older - OLDER_LIMIT]

    def forget_clip(self, crossed: int, at: int) -> None:
        """Leave the peaks of the moment from `crossed` to `at` out of the clip rate: its cause ruled out a clip."""
        self.peaks = [
            each._replace(flags=each.flags & ~WAS_CLIP | NO_CLIP) if crossed <= each.second <= at else each
            for each in self.peaks
        ]

    def admits(self, crossed: int, score: float, per_hour: float, flag: int, seconds_read: int) -> bool:
        """Return whether a moment with this crossing and score is within the rate.

        It has to be among the `per_hour` highest per hour of the two hours before, of which `seconds_read` were read.
        `flag` marks the past peaks that were admitted; an hour has a cap on them.
        """
        higher = admitted = 0
        for past in reversed(self.peaks):
            age = crossed - past.second
            if age <= 0 or (flag == WAS_CLIP and past.flags & NO_CLIP):
                continue
            if age > RATE_SECONDS:
                break
            higher += past.score >= score
            admitted += bool(past.flags & flag) and age <= CAP_SECONDS
        quota = ceil(per_hour * min(max(seconds_read, FIRST_SECONDS), RATE_SECONDS) / 3600)
        return higher < quota and admitted < ceil(per_hour * CAP_TIMES)

    def biggest_in(self, crossed: int, second: int, score: float) -> int | None:
        """Return for how many seconds no peak was as high, for a moment with its crossing at `crossed`.

        A lower bound if nothing earlier is known; None if nothing is known at all.
        """
        since = self.known_from
        if not since:
            return None
        for past in self.peaks:
            if past.second < crossed and past.score >= score:
                since = max(since, past.second)
        return min(second - since, RARITY_SECONDS)
