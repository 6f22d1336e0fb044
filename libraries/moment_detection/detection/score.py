"""The score: how many chatters a channel's window has, compared with its baseline."""

from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

from msgspec import Struct

from moment_detection.detection.counters import (
    COUNT_LIMIT,
    WINDOW_SECONDS,
    Baseline,
    BaselineState,
    RecentCounts,
    RecentState,
)
from moment_detection.detection.open_moment import Peak
from moment_detection.detection.window_chatters import WindowChatters

BASELINE_MINIMUM = 60  # seconds; with fewer, "usual" is a guess
SECONDS_READ_LIMIT = 7200
ANSCOMBE = 3 / 8  # gives the square root of a Poisson count the same spread at every rate


def score_of(count: Any, expected: Any, root: Callable[[Any], Any] = sqrt) -> Any:
    """Return the difference between a count and its expectation in standard deviations.

    Takes numbers, or numpy arrays with `numpy.sqrt` as `root`. Twice the difference of Anscombe's square roots:
    Anscombe, Biometrika 35 (1948), "The transformation of Poisson, binomial and negative-binomial data".
    """
    return 2.0 * (root(count + ANSCOMBE) - root(expected + ANSCOMBE))


class ScoreInputs(NamedTuple):
    """The numbers that one second's score is computed from. The baseline's are totals over `baseline_seconds`."""

    window_chatters: int
    window_messages: int
    window_covered: int  # seconds of the window that were read
    baseline_seconds: int
    baseline_messages: int
    baseline_chatters: int
    baseline_windows: int

    @property
    def is_whole(self) -> bool:
        """Whether the whole window was read."""
        return self.window_covered == WINDOW_SECONDS

    def score(self) -> float | None:
        """Return the score, or None without a baseline; for an incomplete window, a lower bound."""
        if self.baseline_seconds < BASELINE_MINIMUM or not self.window_covered:
            return None
        score: float = score_of(self.window_chatters, self.baseline_windows / self.baseline_seconds)
        return score

    def peak(self, second: int, score: float) -> Peak:
        """Return `second`, whose inputs these are, as a peak."""
        return Peak(
            second=second,
            score=score,
            window_messages=self.window_messages,
            window_chatters=self.window_chatters,
            expected=self.baseline_windows / self.baseline_seconds,
            usual_messages=self.baseline_messages / self.baseline_seconds,
            usual_chatters=self.baseline_chatters / self.baseline_seconds,
        )


class ScoreState(Struct, array_like=True, gc=False):
    """A score in a checkpoint; the window's chatters come from the stored texts."""

    distinct: bool
    window_chatters: int
    seconds_read: int
    baseline: BaselineState
    recent: RecentState


class Score:
    """The window, the baseline and the recent counts of a channel.

    `distinct`: the window counts each chatter once; without texts it sums the chatters of its seconds.
    `seconds_read`: roughly how many of the last two hours' seconds were read.
    """

    __slots__ = ("_baseline", "_chatters", "_distinct", "_recent", "_window_chatters", "seconds_read")

    def __init__(self, distinct: bool = False) -> None:
        self._distinct = distinct
        self._baseline = Baseline()
        self._recent = RecentCounts()
        self._chatters = WindowChatters()
        self._window_chatters = 0
        self.seconds_read = 0

    def count_distinct(self, distinct: bool) -> None:
        """Choose how the window counts chatters; a change clears the baseline, which counted the other way."""
        if distinct != self._distinct:
            self._distinct = distinct
            self._baseline = Baseline()
            self._recent.forget_windows()

    def add_second(self, second: int, messages: int, chatters: int, speakers: set[str] | None, covered: bool) -> None:
        """Add the next second."""
        recent = self._recent
        recent.push(second, messages, chatters, covered, self._baseline)
        count = self._chatters.add_second(second, speakers) if self._distinct else recent.window_chatters
        self._window_chatters = count = count if count < COUNT_LIMIT else COUNT_LIMIT
        recent.end_window(second, count)
        if not covered:
            self.seconds_read = max(0, self.seconds_read - 1)
        elif self.seconds_read < SECONDS_READ_LIMIT:
            self.seconds_read += 1

    def restore_speakers(self, second: int, speakers: set[str] | None) -> None:
        """Add back who spoke in a second of the window after a restart, the oldest second first."""
        self._chatters.add_second(second, speakers)

    def inputs(self) -> ScoreInputs:
        """Return what the score of the last second is computed from."""
        recent, baseline = self._recent, self._baseline
        return ScoreInputs(
            window_chatters=self._window_chatters,
            window_messages=recent.window_messages,
            window_covered=recent.window_covered,
            baseline_seconds=baseline.filled,
            baseline_messages=baseline.total_messages,
            baseline_chatters=baseline.total_chatters,
            baseline_windows=baseline.total_windows,
        )

    def counts(self, first: int, last: int) -> tuple[list[int], list[int], list[int]]:
        """Return messages, chatters and coverage (0 or 1) of the seconds `first` to `last`, both inclusive."""
        return self._recent.counts(first, last)

    def reset(self) -> None:
        """Forget all counts."""
        Score.__init__(self, self._distinct)

    def snapshot(self) -> ScoreState:
        """Return what `restore` needs, beside the speakers of the window."""
        return ScoreState(
            distinct=self._distinct,
            window_chatters=self._window_chatters,
            seconds_read=self.seconds_read,
            baseline=self._baseline.snapshot(),
            recent=self._recent.snapshot(),
        )

    @classmethod
    def restore(cls, state: ScoreState) -> "Score":
        """Return the score of a snapshot."""
        score = cls(state.distinct)
        score._window_chatters = state.window_chatters
        score.seconds_read = state.seconds_read
        score._baseline = Baseline.restore(state.baseline)
        score._recent = RecentCounts.restore(state.recent)
        return score
