"""The scores of a recording, computed for all seconds at once with numpy.

Each second's inputs are those of `Score`, and none depends on a later second. They show in advance which seconds can be
a peak, so that a replay only has to look at those.
"""

import numpy as np

from chat_analysis.recording import Ints, Part
from moment_detection.detection.counters import BASELINE_SECONDS, COUNT_LIMIT, WINDOW_SECONDS
from moment_detection.detection.peaks import LOWEST
from moment_detection.detection.score import BASELINE_MINIMUM, SECONDS_READ_LIMIT, Score, ScoreInputs, score_of

FIRST_WHOLE = WINDOW_SECONDS - 1  # the first second whose window was read completely


class RecordedScore(Score):
    """The scores of one part of a recording, all of whose seconds were read.

    `candidates`: the seconds with messages whose score is high enough for a peak.
    """

    __slots__ = ("_chatters_by_second", "_first", "_inputs", "_messages_by_second", "_now", "candidates")

    def __init__(self, part: Part) -> None:
        super().__init__(distinct=True)
        self._first = self._now = part.first
        messages, chatters, speakers = _counts(part)
        columns = {
            "window_chatters": speakers,
            "window_messages": _window_sums(messages),
            "window_covered": np.minimum(np.arange(len(messages)) + 1, WINDOW_SECONDS),
            "baseline_seconds": np.clip(np.arange(len(messages)) - 2 * FIRST_WHOLE, 0, BASELINE_SECONDS),
            "baseline_messages": _baseline_sums(messages),
            "baseline_chatters": _baseline_sums(chatters),
            "baseline_windows": _baseline_sums(speakers),
        }
        self._inputs = np.stack([columns[name] for name in ScoreInputs._fields], axis=1)
        self._messages_by_second: list[int] = messages.tolist()
        self._chatters_by_second: list[int] = chatters.tolist()
        is_candidate = (messages > 0) & (_scores(columns) >= LOWEST)
        self.candidates: list[int] = (np.flatnonzero(is_candidate) + part.first).tolist()

    def row(self, second: int) -> tuple[int, int]:
        """Return the messages and chatters of a second."""
        index = second - self._first
        return self._messages_by_second[index], self._chatters_by_second[index]

    def add_second(self, second: int, messages: int, chatters: int, speakers: set[str] | None, covered: bool) -> None:
        """Move to a second of the part; the seconds between need not be added."""
        self._now = second
        self.seconds_read = min(second - self._first + 1, SECONDS_READ_LIMIT)

    def inputs(self) -> ScoreInputs:
        """Return what the score of the current second is computed from."""
        return ScoreInputs._make(self._inputs[self._now - self._first].tolist())

    def counts(self, first: int, last: int) -> tuple[list[int], list[int], list[int]]:
        """Return messages, chatters and coverage (0 or 1) of the seconds `first` to `last`, both inclusive."""
        unread = [0] * max(0, min(self._first, last + 1) - first)
        read = slice(max(0, first - self._first), max(0, last + 1 - self._first))
        messages = self._messages_by_second[read]
        return unread + messages, unread + self._chatters_by_second[read], unread + [1] * len(messages)


def _counts(part: Part) -> tuple[Ints, Ints, Ints]:
    """Return messages and chatters of each second, and the speakers of the window that ends with it."""
    at, chatters, length = part.at, part.chatters, part.last + part.pause + 1 - part.first
    messages = np.bincount(at, minlength=length)
    numbers = 1 + chatters.max()
    distinct = np.bincount(np.unique(at * numbers + chatters) // numbers, minlength=length)
    distinct = np.where(messages > COUNT_LIMIT, np.minimum(distinct, COUNT_LIMIT), distinct)
    speakers = _distinct_in_windows(at[part.speaks], chatters[part.speaks], length)
    return np.minimum(messages, COUNT_LIMIT), distinct, np.minimum(speakers, COUNT_LIMIT)


def _distinct_in_windows(at: Ints, chatters: Ints, length: int) -> Ints:
    """Count the distinct chatters of the window that ends with each second."""
    chatters, at = np.divmod(np.unique(chatters * length + at), length)  # by chatter, then by time
    stays = np.full(len(at), WINDOW_SECONDS)
    again = chatters[1:] == chatters[:-1]
    stays[:-1][again] = np.minimum(np.diff(at)[again], WINDOW_SECONDS)
    size = length + WINDOW_SECONDS + 1
    changes = np.bincount(at, minlength=size) - np.bincount(at + stays, minlength=size)
    distinct: Ints = np.cumsum(changes)[:length]
    return distinct


def _window_sums(values: Ints) -> Ints:
    """Sum over the window that ends with each second."""
    sums = np.cumsum(values)
    sums[WINDOW_SECONDS:] -= sums[:-WINDOW_SECONDS].copy()
    return sums


def _baseline_sums(values: Ints) -> Ints:
    """Sum over the baseline of each second: the last 600 seconds with whole windows before the current window."""
    sums = np.concatenate(([0], np.cumsum(values)))
    first = min(FIRST_WHOLE, len(values))  # a short part has no whole window
    ends = np.arange(len(values)) - FIRST_WHOLE
    totals: Ints = sums[np.maximum(ends, first)] - sums[np.maximum(ends - BASELINE_SECONDS, first)]
    return totals


def _scores(columns: dict[str, Ints]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the score of each second; NaN without a baseline."""
    seconds = columns["baseline_seconds"]
    expected = columns["baseline_windows"] / np.where(seconds < BASELINE_MINIMUM, np.nan, seconds)
    return score_of(columns["window_chatters"], expected, np.sqrt)  # type: ignore[no-any-return]
