"""A moment from its crossing to its close: where its peak is and which revision is due."""

from typing import NamedTuple

PEAK_HOLDS_SECONDS = 5  # a peak that stood this long is taken for the peak
CLOSES_SECONDS = 30  # after the peak; the curve shows them
PEAK_LIMIT_SECONDS = 90  # after the crossing; a later height is another story, and a moment must end


class Peak(NamedTuple):
    """A high second, and what the window and the baseline held then. `expected`: people in an ordinary window."""

    second: int
    score: float
    window_messages: int
    window_chatters: int
    expected: float
    usual_messages: float
    usual_chatters: float


class OpenMoment:
    """A moment that is not closed yet. `clip`: whether the rate lets it become a clip."""

    __slots__ = ("clip", "crossed", "peak", "peaked")

    def __init__(self, crossed: int, peak: Peak, peaked: bool = False, clip: bool = False) -> None:
        self.crossed = crossed
        self.peak = peak
        self.peaked = peaked
        self.clip = clip

    def due(self) -> int:
        """The second at whose end the next revision comes, if no higher peak does."""
        return self.peak.second + (CLOSES_SECONDS if self.peaked else PEAK_HOLDS_SECONDS)

    def rises(self, second: int, score: float) -> bool:
        """Whether `score` at `second` is a new peak."""
        return score > self.peak.score and second <= self.crossed + PEAK_LIMIT_SECONDS
