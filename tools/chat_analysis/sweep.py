"""What other thresholds would have raised on recorded chat: all of them judge the same scores in one pass."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from chat_analysis.plot import Axis, Line, line_chart
from chat_analysis.recording import recording_name, seconds
from contracts import topics
from contracts.codec import decode
from moment_detection.channel import Channel, DictSlots
from moment_detection.detection.detector import Detector
from moment_detection.detection.outputs import PEAKED
from moment_detection.detection.rules import NAME, RuleBook, Rules
from moment_detection.messages import Record

THRESHOLDS = (2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 10.0)
TICK = 5  # moments an hour; the plot's axis ends at a multiple
Moments = set[tuple[str, int]]  # recording, its peak in milliseconds


class Step(NamedTuple):
    """One threshold: its moments an hour, and those that the configured one has not, or has alone."""

    threshold: float
    an_hour: float
    more: float
    fewer: float


class Sweep(NamedTuple):
    """What was tried. `configured`: the threshold that holds now, and its moments an hour."""

    configured: tuple[float, float]
    steps: list[Step]


def sweep(paths: Sequence[Path], book: RuleBook, thresholds: Sequence[float] = THRESHOLDS) -> Sweep:
    """Run all thresholds over the recordings, with the other numbers as they are configured."""
    found: dict[str, Moments] = defaultdict(set)
    hours = 0.0
    for path in paths:
        name = recording_name(path)
        hours += _run(path, name, _trials(book.of(name)[0], thresholds), found) / 3600
    hours = max(hours, 1 / 3600)
    now = found[NAME]
    steps = [
        Step(each, len(of) / hours, len(of - now) / hours, len(now - of) / hours)
        for each in thresholds
        for of in (found[f"at-{each:g}"],)
    ]
    return Sweep((book.of("")[0].threshold, len(now) / hours), steps)


def _trials(rules: Rules, thresholds: Iterable[float]) -> list[Rules]:
    return [rules, *(replace(rules, threshold=each, name=f"at-{each:g}", shadow=True) for each in thresholds)]


def _run(path: Path, name: str, rules: list[Rules], found: dict[str, Moments]) -> int:
    """Add the moments of each detector; returns the seconds that the recording covers."""
    channel = Channel(name, Detector(*rules), DictSlots())
    last = -1
    for row in seconds(path, 1):  # 0 would be before any second
        last = row.second
        for _, record in channel.row(row):
            _add(name, record, found)
    for _, record in channel.advance(last):
        _add(name, record, found)
    return max(last, 0)


def _add(name: str, record: Record, found: dict[str, Moments]) -> None:
    if record.topic == topics.MOMENTS.name:
        moment = decode(record.topic, record.value)
        if moment.revision_number == PEAKED:
            found[moment.detector_name].add((name, moment.peak_at))


def table(swept: Sweep) -> str:
    """The steps as lines of text."""
    lines = [
        f"Now, at {swept.configured[0]:g}: {swept.configured[1]:.2f} moments an hour",
        "threshold  moments/h  more/h  fewer/h",
    ]
    lines += [f"{each.threshold:9g}  {each.an_hour:9.2f}  {each.more:6.2f}  {each.fewer:7.2f}" for each in swept.steps]
    return "\n".join(lines) + "\n"


def plot(swept: Sweep) -> str:
    """The steps as an SVG."""
    highest = max([swept.configured[1], *(each.an_hour for each in swept.steps)])
    top = TICK * (int(highest // TICK) + 1)
    thresholds = [each.threshold for each in swept.steps]
    names = ("moments", "more than now", "fewer than now")
    values = zip(*((each.an_hour, each.more, each.fewer) for each in swept.steps), strict=True)
    lines = [Line(name, list(zip(thresholds, value, strict=True))) for name, value in zip(names, values, strict=True)]
    now = Line(f"now: {swept.configured[0]:g}", (), [swept.configured])
    axes = Axis("threshold", min(thresholds), max(thresholds)), Axis("an hour", 0.0, float(top))
    return line_chart("What other thresholds would have raised", *axes, [*lines, now])
