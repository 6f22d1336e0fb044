"""Detectors to compare with: the same peaks, other scores. Each keeps plain lists of all seconds: simple, not fast."""

from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from evaluation.recorded import Recorded
from evaluation.scoring import Ranked
from moment_detection.detection.open_moment import PEAK_HOLDS_SECONDS, Peak
from moment_detection.detection.peaks import Highs
from moment_detection.detection.score import ANSCOMBE

BASELINE_SECONDS = 600
BASELINE_MINIMUM = 60
MESSAGES_WINDOW = 8  # seconds
PEOPLE_WINDOW = 7  # seconds
Scores = list[float | None]


class Usual(NamedTuple):
    """A window, and the mean and the standard deviation of those before it."""

    now: int
    mean: float
    deviation: float


def peers(recorded: Recorded) -> Scores:
    """(window - mean) / standard deviation of messages: the form that other projects publish."""
    usual = _usual(_sums(recorded.messages, MESSAGES_WINDOW), MESSAGES_WINDOW)
    return [each and (each.now - each.mean) / (each.deviation or 1.0) for each in usual]


def anscombe_messages(recorded: Recorded) -> Scores:
    """Anscombe's difference of roots, on messages."""
    return _anscombe(_sums(recorded.messages, MESSAGES_WINDOW), MESSAGES_WINDOW)


def anscombe_people(recorded: Recorded) -> Scores:
    """The same on the distinct chatters of a sliding window, commands left out."""
    windows = []
    for second in range(len(recorded.messages)):
        seconds = recorded.people[max(0, second - PEOPLE_WINDOW + 1) : second + 1]
        windows.append(len(set().union(*seconds)))
    return _anscombe(windows, PEOPLE_WINDOW)


BASELINES: dict[str, Callable[[Recorded], Scores]] = {
    "(window - mean) / sd, messages: the peers' form": peers,
    "Anscombe, messages": anscombe_messages,
    "Anscombe, distinct chatters of a sliding window": anscombe_people,
}


def peaks(recorded: Recorded, scores: Scores) -> Iterator[Ranked]:
    """The seconds that are higher than the minute before and the 5 s after, as a live system would know them."""
    highs = Highs()
    for second, score in enumerate(scores):
        if score is not None and recorded.messages[second] and highs.is_high(second, score):
            highs.pending = Peak(second, score, 0, 0, 0.0, 0.0, 0.0)
        held = highs.held(second)
        if held:
            yield Ranked(recorded.name, held.second + 1 + PEAK_HOLDS_SECONDS, held.score)


def _sums(counts: Sequence[int], window: int) -> list[int]:
    found, total = [], 0
    for second, count in enumerate(counts):
        total += count - (counts[second - window] if second >= window else 0)
        found.append(total)
    return found


def _anscombe(windows: Sequence[int], window: int) -> Scores:
    usual = _usual(windows, window)
    return [each and 2 * (sqrt(each.now + ANSCOMBE) - sqrt(each.mean + ANSCOMBE)) for each in usual]


def _usual(windows: Sequence[int], window: int) -> Iterator[Usual | None]:
    """Each window and those of up to 600 seconds before it; None where there are too few."""
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
