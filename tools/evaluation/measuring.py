"""Runs the detector and those beside it over a data set and measures them."""

from collections.abc import Sequence
from typing import NamedTuple

from chat_analysis.replay import ReplayLine, replay
from evaluation.baselines import BASELINES, peaks
from evaluation.bootstrap import Interval, blocks, drawn, interval
from evaluation.recorded import Chosen, read_all
from evaluation.scoring import GRACE_SECONDS, Agreement, Ranked, Segment, agreement, ranked, top
from moment_detection.clip_range import clip_range
from moment_detection.detection.rules import RuleBook

OURS = "this detector"
COMPARED = "Anscombe, distinct chatters of a sliding window"
RATES = (4, 10)  # moments an hour


class Measured(NamedTuple):
    """Average precision and its interval; the difference to COMPARED and its interval; at each of RATES."""

    whole: Agreement
    sure: Interval
    difference: float
    difference_sure: Interval
    at: dict[int, Agreement]


class Play(NamedTuple):
    """A data set's lists: every peak of each detector, and our own lines as they were told."""

    chosen: Chosen
    lists: dict[str, list[Ranked]]
    lines: list[ReplayLine]


def play(chosen: Chosen, rules: RuleBook) -> Play:
    """Run all detectors."""
    lines = [line for path in chosen.paths for line in replay(path, rules)]
    lists = {OURS: [Ranked(line.name, line.t, line.score) for line in lines], **{label: [] for label in BASELINES}}
    for recorded in read_all(chosen):
        for label, score in BASELINES.items():
            lists[label] += peaks(recorded, score(recorded))
    return Play(chosen, lists, lines)


def measure(played: Play) -> dict[str, Measured]:
    """Each list against the truth."""
    chosen, lists = played.chosen, played.lists
    labels = list(lists)
    draws = drawn(blocks(chosen.segments, lists, chosen.hours), labels)
    whole = {label: agreement(chosen.segments, lists[label]) for label in labels}
    hours = chosen.all_hours()
    return {
        label: Measured(
            whole[label],
            interval([draw[label] for draw in draws]),
            whole[label].average_precision - whole[COMPARED].average_precision,
            interval([draw[label] - draw[COMPARED] for draw in draws]),
            {rate: agreement(chosen.segments, top(lists[label], rate, hours)) for rate in RATES},
        )
        for label in labels
    }


def score_at(played: Play, label: str, an_hour: float) -> float:
    """The score of the lowest of the `an_hour` highest an hour."""
    return top(played.lists[label], an_hour, played.chosen.all_hours())[-1].score


def an_hour_above(played: Play, label: str, score: float) -> float:
    """Peaks an hour with at least this score."""
    return sum(moment.score >= score for moment in played.lists[label]) / played.chosen.all_hours()


def clips(played: Play) -> list[Ranked]:
    """The moments that the configured rate lets become clips."""
    return ranked(Ranked(line.name, line.t, line.score) for line in played.lines if line.clip)


def covered(played: Play) -> list[tuple[Segment, float]]:
    """Each segment that a clip hits, and the share of it that the best of these clips shows."""
    found = []
    for segment in played.chosen.segments:
        shares = [_share(segment, line) for line in _clips_on(segment, played.lines)]
        if shares:
            found.append((segment, max(shares)))
    return found


def _clips_on(segment: Segment, lines: Sequence[ReplayLine]) -> list[ReplayLine]:
    last = segment.end + GRACE_SECONDS
    return [line for line in lines if line.clip and line.name == segment.name and segment.start <= line.t <= last]


def _share(segment: Segment, line: ReplayLine) -> float:
    begins, ends = clip_range((line.raised or line.peak) * 1000, line.peak * 1000)
    both = min(segment.end, ends / 1000) - max(segment.start, begins / 1000)
    return max(0.0, both) / (segment.end - segment.start)
