"""The hour's clips, kept for the best moments when they run short. Pure and deterministic.

Half of the budget is free. From there on a moment has to beat a growing share of the hour's scores.
"""

from collections import deque

HOUR_MS = 3_600_000
FREE_SHARE = 0.5
LEAST_SCORES = 5  # fewer say nothing about what is usual


class HourlyBudget:
    """Counts what was asked for in the hour before a moment, and the scores that were seen in it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._asked: dict[str, int] = {}
        self._scores: deque[tuple[int, float]] = deque()

    def note(self, moment_id: str, crossed_at: int) -> None:
        """A clip of this moment is asked for."""
        self._asked[moment_id] = crossed_at

    def see(self, crossed_at: int, score: float) -> None:
        """A moment came by, clip or not: its score belongs to what is usual."""
        self._scores.append((crossed_at, score))

    def used(self, at: int) -> int:
        """Clips asked for in the hour up to `at`."""
        self._asked = {name: asked for name, asked in self._asked.items() if asked > at - 2 * HOUR_MS}
        return sum(1 for asked in self._asked.values() if at - HOUR_MS < asked <= at)

    def refusal(self, crossed_at: int, score: float) -> str:
        """Why no clip is asked for; empty where one may be."""
        used = self.used(crossed_at)
        if used >= self._limit:
            return f"the hour's {self._limit} clips are spent"
        share = (used / self._limit - FREE_SHARE) / (1 - FREE_SHARE)
        bar = self._bar(crossed_at, share)
        if bar is None or score > bar:
            return ""
        return f"{used} of the hour's {self._limit} clips are spent, and a score of {score:.1f} is not above {bar:.1f}"

    def _bar(self, at: int, share: float) -> float | None:
        """The score that `share` of the hour's moments do not exceed; None where there is no bar."""
        while self._scores and self._scores[0][0] <= at - HOUR_MS:
            self._scores.popleft()
        scores = sorted(score for seen_at, score in self._scores if seen_at <= at)
        if share <= 0 or len(scores) < LEAST_SCORES:
            return None
        return scores[min(int(share * len(scores)), len(scores) - 1)]
