"""Run the detector and its baselines on a data set and measure them."""

from collections.abc import Sequence
from typing import NamedTuple

from chat_analysis.peak_lines import PeakLine, peak_lines
from evaluation.baselines import BASELINES, ranked_peaks
from evaluation.bootstrap import Interval, blocks, draw, interval
from evaluation.recorded import Chosen, read_all
from evaluation.scoring import GRACE_SECONDS, Agreement, Ranked, Segment, agreement, ranked, top
from moment_detection.clip_range import clip_range
from moment_detection.detection.rules import RuleBook

OURS = "this detector"
COMPARED = "Anscombe, distinct chatters of a sliding window"
RATES = (4, 10)  # moments per hour


class Measured(NamedTuple):
    """Average precision and its difference to COMPARED, with intervals, and the agreement at each of RATES."""

    whole: Agreement
    interval: Interval
    difference: float
    difference_interval: Interval
    at: dict[int, Agreement]


class Played(NamedTuple):
    """The results on a data set: every peak of each detector, and the lines of ours."""

    chosen: Chosen
    lists: dict[str, list[Ranked]]
    lines: list[PeakLine]


def play(chosen: Chosen, rules: RuleBook) -> Played:
    """Run all detectors on a data set."""
    lines = [line for path in chosen.paths for line in peak_lines(path, rules)]
    lists = {OURS: [Ranked(line.name, line.t, line.score) for line in lines], **{label: [] for label in BASELINES}}
    for recorded in read_all(chosen):
        for label, score in BASELINES.items():
            lists[label] += ranked_peaks(recorded, score(recorded))
    return Played(chosen, lists, lines)


def measure(played: Played) -> dict[str, Measured]:
    """Compare each list with the chosen segments."""
    chosen, lists = played.chosen, played.lists
    labels = list(lists)
    draws = draw(blocks(chosen.segments, lists, chosen.hours), labels)
    whole = {label: agreement(chosen.segments, lists[label]) for label in labels}
    hours = chosen.all_hours()
    return {
        label: Measured(
            whole=whole[label],
            interval=interval([each[label] for each in draws]),
            difference=whole[label].average_precision - whole[COMPARED].average_precision,
            difference_interval=interval([each[label] - each[COMPARED] for each in draws]),
            at={rate: agreement(chosen.segments, top(lists[label], rate, hours)) for rate in RATES},
        )
        for label in labels
    }


def score_at(played: Played, label: str, per_hour: float) -> float:
    """Return the lowest score among the `per_hour` highest peaks per hour."""
    return top(played.lists[label], per_hour, played.chosen.all_hours())[-1].score


def peaks_per_hour(played: Played, label: str, score: float) -> float:
    """Return the peaks per hour with at least this score."""
    return sum(moment.score >= score for moment in played.lists[label]) / played.chosen.all_hours()


def clips(played: Played) -> list[Ranked]:
    """Return the moments that the configured rate allows to clip."""
    return ranked(Ranked(line.name, line.t, line.score) for line in played.lines if line.clip)


def covered(played: Played) -> list[tuple[Segment, float]]:
    """Return each segment that a clip hits, with the share of it that the best such clip shows."""
    found = []
    for segment in played.chosen.segments:
        shares = [_share(segment, line) for line in _clips_on(segment, played.lines)]
        if shares:
            found.append((segment, max(shares)))
    return found


def _clips_on(segment: Segment, lines: Sequence[PeakLine]) -> list[PeakLine]:
    last = segment.end + GRACE_SECONDS
    return [line for line in lines if line.clip and line.name == segment.name and segment.start <= line.t <= last]


def _share(segment: Segment, line: PeakLine) -> float:
    begins, ends = clip_range((line.raised or line.peak) * 1000, line.peak * 1000)
    both = min(segment.end, ends / 1000) - max(segment.start, begins / 1000)
    return max(0.0, both) / (segment.end - segment.start)
