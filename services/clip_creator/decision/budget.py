"""Limits the clips per hour and keeps the second half of the budget for the best moments. Pure and deterministic.

The first half is given to every moment. After that a moment must beat a growing share of the past hour's scores.
"""

from collections import deque

HOUR_MS = 3_600_000
FREE_SHARE = 0.5
MIN_SCORES = 5  # fewer are too small a sample to rank against


class HourlyBudget:
    """Tracks the clips requested and the scores of all moments in the hour before a moment."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._requested: dict[str, int] = {}
        self._scores: deque[tuple[int, float]] = deque()

    def add_request(self, moment_id: str, crossed_at: int) -> None:
        """Count a clip request for this moment."""
        self._requested[moment_id] = crossed_at

    def remove_request(self, moment_id: str) -> None:
        """Forget a request that Twitch refused: no clip was made of it."""
        self._requested.pop(moment_id, None)

    def add_score(self, crossed_at: int, score: float) -> None:
        """Add the score of a moment, clipped or not."""
        self._scores.append((crossed_at, score))

    def used(self, at: int) -> int:
        """Count the clips requested in the hour up to `at`."""
        self._requested = {moment: time for moment, time in self._requested.items() if time > at - 2 * HOUR_MS}
        return sum(1 for time in self._requested.values() if at - HOUR_MS < time <= at)

    def refusal(self, crossed_at: int, score: float) -> str:
        """Return why no clip may be requested; empty if one may."""
        used = self.used(crossed_at)
        if used >= self._limit:
            return f"all {self._limit} clips of the past hour's budget are used"
        share = (used / self._limit - FREE_SHARE) / (1 - FREE_SHARE)
        threshold = self._threshold(crossed_at, share)
        if threshold is None or score > threshold:
            return ""
        return f"{used} of {self._limit} clips per hour are used; the score {score:.1f} is not above {threshold:.1f}"

    def _threshold(self, at: int, share: float) -> float | None:
        """Return the `share` quantile of the hour's scores; None if every moment is accepted."""
        while self._scores and self._scores[0][0] <= at - HOUR_MS:
            self._scores.popleft()
        scores = sorted(score for crossed_at, score in self._scores if crossed_at <= at)
        if share <= 0 or len(scores) < MIN_SCORES:
            return None
        return scores[min(int(share * len(scores)), len(scores) - 1)]
