"""A channel's peaks, moment or not: seconds that score higher than the minute before and the 5 s after."""

from msgspec import Struct, field

from moment_detection.detection.open_moment import PEAK_HOLDS_SECONDS, Peak

HIGHEST_OF_SECONDS = 60  # before it; some 40 peaks per hour, one per burst
LOWEST = 0.5  # score; below it, every minute of ordinary chat has a peak


class Peaks(Struct, array_like=True, gc=False):
    """The scores of the last minute that no later score has passed, highest first, and the unconfirmed peak."""

    heights: list[tuple[int, float]] = field(default_factory=list)  # second, score
    pending: Peak | None = None

    def is_peak(self, second: int, score: float) -> bool:
        """Add a second with messages and return whether it scores higher than the minute before."""
        if score < LOWEST:
            return False
        heights = self.heights
        while heights and heights[0][0] < second - HIGHEST_OF_SECONDS:
            del heights[0]
        equal = False
        while heights and heights[-1][1] <= score:
            equal = heights.pop()[1] == score
        highest = not heights and not equal
        heights.append((second, score))
        return highest

    def await_confirmation(self, peak: Peak) -> None:
        """Make `peak` the one that the next 5 s have to confirm."""
        self.pending = peak

    def confirmed(self, second: int) -> Peak | None:
        """Return the pending peak, once, if at the end of `second` it has not been passed for 5 s."""
        peak = self.pending
        if peak is None or second < peak.second + PEAK_HOLDS_SECONDS:
            return None
        self.pending = None
        return peak
