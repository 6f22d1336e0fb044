"""An open moment: where its peak is, and when its next revision is due."""

from typing import NamedTuple

from msgspec import Struct

PEAK_HOLDS_SECONDS = 5  # without a higher second, a peak is confirmed
CLOSES_SECONDS = 30  # after the peak; the curve shows them
PEAK_LIMIT_SECONDS = 90  # after the crossing; a later peak belongs to another moment, and each moment must end


class Peak(NamedTuple):
    """A high second with the counts of its window and baseline. `expected`: chatters in an ordinary window."""

    second: int
    score: float
    window_messages: int
    window_chatters: int
    expected: float
    usual_messages: float
    usual_chatters: float


class OpenMoment(Struct, array_like=True, gc=False):
    """A moment that has not closed yet. `clip`: whether the hourly rate allows a clip of it."""

    crossed: int
    peak: Peak
    peaked: bool = False
    clip: bool = False

    def due(self) -> int:
        """Return the second at whose end the next revision is due unless a higher peak comes first."""
        return self.peak.second + (CLOSES_SECONDS if self.peaked else PEAK_HOLDS_SECONDS)

    def offer_peak(self, peak: Peak) -> None:
        """Move to `peak` if it is higher and early enough."""
        if peak.score > self.peak.score and peak.second <= self.crossed + PEAK_LIMIT_SECONDS:
            self.peak = peak

    def allow_clip(self) -> None:
        """Note that the rate allows a clip; later revisions do not take that back."""
        self.clip = True

    def confirm_peak(self) -> None:
        """Note that the revision with the peak has been reported."""
        self.peaked = True
