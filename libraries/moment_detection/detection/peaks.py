"""A channel's peaks, whether or not they make a moment: seconds higher than the minute before and the 5 s after."""

from moment_detection.detection.open_moment import PEAK_HOLDS_SECONDS, Peak

HIGHEST_OF_SECONDS = 60  # before it; some 40 peaks an hour, one a burst
LOWEST = 0.5  # score; below it every minute of ordinary chat has its peak


class Highs:
    """The heights of the last minute that nothing later has passed, highest first, and the peak that has to hold."""

    __slots__ = ("heights", "pending")

    def __init__(self) -> None:
        self.heights: list[tuple[int, float]] = []  # second, score
        self.pending: Peak | None = None

    def is_high(self, second: int, score: float) -> bool:
        """Take in a second in which somebody wrote; says whether it is higher than the minute before."""
        if score < LOWEST:
            return False
        heights = self.heights
        while heights and heights[0][0] < second - HIGHEST_OF_SECONDS:
            del heights[0]
        equal = False
        while heights and heights[-1][1] <= score:
            equal = heights.pop()[1] == score
        high = not heights and not equal
        heights.append((second, score))
        return high

    def held(self, second: int) -> Peak | None:
        """The peak that has stood for 5 s at the end of `second`; told once."""
        peak = self.pending
        if peak is None or second < peak.second + PEAK_HOLDS_SECONDS:
            return None
        self.pending = None
        return peak
