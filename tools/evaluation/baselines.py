"""Detectors to compare with: the same peaks on other scores, from plain lists of all seconds: simple, not fast."""

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from evaluation.recorded import Recorded
from evaluation.scoring import Ranked
from moment_detection.detection.counters import BASELINE_SECONDS, WINDOW_SECONDS
from moment_detection.detection.open_moment import PEAK_HOLDS_SECONDS, Peak
from moment_detection.detection.peaks import Peaks
from moment_detection.detection.score import BASELINE_MINIMUM, score_of

MESSAGES_WINDOW = 8  # seconds
Scores = list[float | None]


class Usual(NamedTuple):
    """A window, with the mean and the standard deviation of those before it."""

    now: int
    mean: float
    deviation: float


def z_score(recorded: Recorded) -> Scores:
    """Score (window - mean) / standard deviation of messages: the form that other projects publish."""
    usual = _usual(_window_sums(recorded.messages, MESSAGES_WINDOW), MESSAGES_WINDOW)
    return [each and (each.now - each.mean) / (each.deviation or 1.0) for each in usual]


def anscombe_messages(recorded: Recorded) -> Scores:
    """Score messages by Anscombe's difference of roots."""
    return _anscombe(_window_sums(recorded.messages, MESSAGES_WINDOW), MESSAGES_WINDOW)


def anscombe_chatters(recorded: Recorded) -> Scores:
    """Score the distinct chatters of a sliding window, without commands, in the same way."""
    windows = []
    for second in range(len(recorded.messages)):
        seconds = recorded.speakers[max(0, second - WINDOW_SECONDS + 1) : second + 1]
        windows.append(len(set().union(*seconds)))
    return _anscombe(windows, WINDOW_SECONDS)


BASELINES: dict[str, Callable[[Recorded], Scores]] = {
    "(window - mean) / sd, messages: the peers' form": z_score,
    "Anscombe, messages": anscombe_messages,
    "Anscombe, distinct chatters of a sliding window": anscombe_chatters,
}


def ranked_peaks(recorded: Recorded, scores: Scores) -> Iterator[Ranked]:
    """Yield the seconds that score higher than the minute before and the 5 s after, when a live system knows them."""
    peaks = Peaks()
    for second, score in enumerate(scores):
        if score is not None and recorded.messages[second] and peaks.is_peak(second, score):
            peaks.await_confirmation(Peak(second, score, 0, 0, 0.0, 0.0, 0.0))
        confirmed = peaks.confirmed(second)
        if confirmed:
            yield Ranked(recorded.name, confirmed.second + 1 + PEAK_HOLDS_SECONDS, confirmed.score)


def _window_sums(counts: Sequence[int], window: int) -> list[int]:
    found, total = [], 0
    for second, count in enumerate(counts):
        total += count - (counts[second - window] if second >= window else 0)
        found.append(total)
    return found


def _anscombe(windows: Sequence[int], window: int) -> Scores:
    return [each and score_of(each.now, each.mean) for each in _usual(windows, window)]


def _usual(windows: Sequence[int], window: int) -> Iterator[Usual | None]:
    """Yield each window with the up to 600 seconds before it; None if there are too few."""
    total = squares = 0
    for second, now in enumerate(windows):
        enters, begins = second - window, window - 1  # the first whole window ends with the second `begins`
        leaves = enters - BASELINE_SECONDS
        if enters >= begins:
            total, squares = total + windows[enters], squares + windows[enters] ** 2
        if leaves >= begins:
            total, squares = total - windows[leaves], squares - windows[leaves] ** 2
        filled = min(enters - begins + 1, BASELINE_SECONDS)
        if filled < BASELINE_MINIMUM:
            yield None
            continue
        mean = total / filled
        yield Usual(now, mean, sqrt(max(squares / filled - mean * mean, 0.0)))
