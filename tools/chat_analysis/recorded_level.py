"""A recording's level at all of its seconds, counted at once; what it says at a second is `Level`'s own.

Nothing in a second's numbers comes from a later one. With them it is known beforehand in which seconds a score can be a
peak's at all, so that a replay need not look at the others.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from moment_detection.detection.counters import BASELINE_SECONDS, COUNT_LIMIT, WINDOW_SECONDS, Wall
from moment_detection.detection.coverage import Coverage
from moment_detection.detection.peaks import LOWEST
from moment_detection.detection.score import ANSCOMBE, BASELINE_MINIMUM, SEEN_LIMIT, Level

Ints = NDArray[np.int64]
WHOLE_FROM = WINDOW_SECONDS - 1  # the first second whose window was read whole
DOUBT = 1e-6  # of a score: the detector decides, this only leaves out what is far below


class Messages(NamedTuple):
    """Each message's second, counted from the first one's, and its writer's number; whether it is no command."""

    at: Ints
    who: Ints
    speaks: NDArray[np.bool_]


class RecordedWall(Wall):
    """The counts of all seconds of a stretch; none was read before it."""

    __slots__ = ("_chatters", "_first", "_messages")

    def __init__(self, first: int, messages: list[int], chatters: list[int]) -> None:
        super().__init__()
        self._first, self._messages, self._chatters = first, messages, chatters

    def counts(self, first: int, last: int) -> tuple[list[int], list[int], list[int]]:
        """As a wall's."""
        unread = [0] * max(0, min(self._first, last + 1) - first)
        read = slice(max(0, first - self._first), max(0, last + 1 - self._first))
        messages = self._messages[read]
        return unread + messages, unread + self._chatters[read], unread + [1] * len(messages)


class RecordedLevel(Level):
    """The level of a stretch of a recording: `length` seconds from `first` on, all read.

    `loud`: the seconds in which somebody wrote and the score may be a peak's.
    """

    __slots__ = ("_chatters", "_first", "_messages", "_numbers", "loud")

    def __init__(self, first: int, length: int, at: Ints, who: Ints, speaks: NDArray[np.bool_]) -> None:
        super().__init__(Coverage(), by_people=True)
        counts = np.bincount(at, minlength=length)
        people = np.bincount(np.unique(at * (1 + who.max()) + who) // (1 + who.max()), minlength=length)
        people = np.where(counts > COUNT_LIMIT, np.minimum(people, COUNT_LIMIT), people)
        counts = np.minimum(counts, COUNT_LIMIT)
        now = np.minimum(_in_windows(at[speaks], who[speaks], length), COUNT_LIMIT)
        filled = np.clip(np.arange(length) - 2 * WHOLE_FROM, 0, BASELINE_SECONDS)
        totals = [_in_baselines(each) for each in (counts, people, now)]
        self._first = first
        self._messages, self._chatters = counts.tolist(), people.tolist()
        seconds = np.arange(1, length + 1)
        windows = _in_window(counts), np.minimum(seconds, WINDOW_SECONDS)
        each_second = (now, np.minimum(seconds, SEEN_LIMIT), *windows, filled, *totals)
        self._numbers = np.stack(each_second, axis=1)
        self.wall = RecordedWall(first, self._messages, self._chatters)
        may_be_high = (counts > 0) & (_scores(now, totals[2], filled) >= LOWEST - DOUBT)
        self.loud: list[int] = (np.flatnonzero(may_be_high) + first).tolist()

    def row(self, second: int) -> tuple[int, int]:
        """Messages and chatters of a second."""
        place = second - self._first
        return self._messages[place], self._chatters[place]

    def take(self, second: int, messages: int, chatters: int, people: set[str] | None) -> None:
        """Take in a second of the stretch, whatever was taken in before."""
        wall, baseline = self.wall, self.baseline
        (
            self.now,
            self.seen,
            wall.window_messages,
            wall.window_covered,
            baseline.filled,
            baseline.total_messages,
            baseline.total_chatters,
            baseline.total_windows,
        ) = self._numbers[second - self._first].tolist()


def _in_window(values: Ints) -> Ints:
    """Sums over the window that ends with each second."""
    sums = np.cumsum(values)
    sums[WINDOW_SECONDS:] -= sums[:-WINDOW_SECONDS].copy()
    return sums


def _in_windows(at: Ints, who: Ints, length: int) -> Ints:
    """Distinct people of the window that ends with each second."""
    who, at = np.divmod(np.unique(who * length + at), length)  # by person, then by time
    lasts = np.full(len(at), WINDOW_SECONDS)
    again = who[1:] == who[:-1]
    lasts[:-1][again] = np.minimum(np.diff(at)[again], WINDOW_SECONDS)
    size = length + WINDOW_SECONDS + 1
    changes = np.bincount(at, minlength=size) - np.bincount(at + lasts, minlength=size)
    now: Ints = np.cumsum(changes)[:length]
    return now


def _in_baselines(values: Ints) -> Ints:
    """Sums over the baseline at each second: the last 600 whose windows were whole, before the present window."""
    sums = np.concatenate(([0], np.cumsum(values)))
    ends = np.arange(len(values)) - WHOLE_FROM
    totals: Ints = sums[np.maximum(ends, WHOLE_FROM)] - sums[np.maximum(ends - BASELINE_SECONDS, WHOLE_FROM)]
    return totals


def _scores(now: Ints, totals: Ints, filled: Ints) -> NDArray[np.float64]:
    """The scores, to some digits; NaN where there is no baseline."""
    expected = totals / np.where(filled < BASELINE_MINIMUM, np.nan, filled)
    scores: NDArray[np.float64] = 2.0 * (np.sqrt(now + ANSCOMBE) - np.sqrt(expected + ANSCOMBE))
    return scores
