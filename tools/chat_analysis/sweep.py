"""What other thresholds would have raised on recorded chat; one pass tries them all on the same scores."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from chat_analysis.line_chart import Axis, Series, line_chart
from chat_analysis.recording import Recording, read_recording
from chat_analysis.replay import play
from moment_detection.detection.outputs import PEAKED, Revision
from moment_detection.detection.rules import NAME, RuleBook, Rules

THRESHOLDS = (2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0)
AXIS_STEP = 5  # moments per hour; the plot's axis ends at a multiple
Moments = set[tuple[str, int]]  # recording, second of the peak


class Step(NamedTuple):
    """One threshold: its moments per hour, and how many it adds to and takes from those of the configured one."""

    threshold: float
    per_hour: float
    more: float
    fewer: float


class Sweep(NamedTuple):
    """The result. `configured`: the configured threshold and its moments per hour."""

    configured: tuple[float, float]
    steps: list[Step]


def sweep(paths: Sequence[Path], book: RuleBook, thresholds: Sequence[float] = THRESHOLDS) -> Sweep:
    """Try all thresholds on the recordings, with the other numbers as configured."""
    found: dict[str, Moments] = defaultdict(set)
    seconds = 0
    for path in paths:
        recording = read_recording(path)
        seconds += recording.length
        _add_moments(recording, _trials(book.of(recording.name)[0], thresholds), found)
    hours = max(seconds, 1) / 3600
    now = found[NAME]
    steps = [
        Step(threshold, len(moments) / hours, len(moments - now) / hours, len(now - moments) / hours)
        for threshold in thresholds
        for moments in (found[_trial_name(threshold)],)
    ]
    return Sweep((book.of("")[0].threshold, len(now) / hours), steps)


def _trials(rules: Rules, thresholds: Iterable[float]) -> list[Rules]:
    return [rules, *(replace(rules, threshold=each, name=_trial_name(each), shadow=True) for each in thresholds)]


def _trial_name(threshold: float) -> str:
    return f"at-{threshold:g}"


def _add_moments(recording: Recording, rules: list[Rules], found: dict[str, Moments]) -> None:
    for output in play(recording, rules):
        if isinstance(output, Revision) and output.number == PEAKED:
            found[output.detector].add((recording.name, output.peak))


def table(result: Sweep) -> str:
    """Return the steps as lines of text."""
    lines = [
        f"Now, at {result.configured[0]:g}: {result.configured[1]:.2f} moments per hour",
        "threshold  moments/h  more/h  fewer/h",
    ]
    lines += [
        f"{each.threshold:9g}  {each.per_hour:9.2f}  {each.more:6.2f}  {each.fewer:7.2f}" for each in result.steps
    ]
    return "\n".join(lines) + "\n"


def plot(result: Sweep) -> str:
    """Return the steps as an SVG."""
    highest = max([result.configured[1], *(each.per_hour for each in result.steps)])
    top = AXIS_STEP * (int(highest // AXIS_STEP) + 1)
    thresholds = [each.threshold for each in result.steps]
    names = ("moments", "more than now", "fewer than now")
    columns = zip(*((each.per_hour, each.more, each.fewer) for each in result.steps), strict=True)
    series = [
        Series(name, list(zip(thresholds, column, strict=True))) for name, column in zip(names, columns, strict=True)
    ]
    now = Series(f"now: {result.configured[0]:g}", (), [result.configured])
    axes = Axis("threshold", min(thresholds), max(thresholds)), Axis("per hour", 0.0, float(top))
    return line_chart("What other thresholds would have raised", *axes, [*series, now])
