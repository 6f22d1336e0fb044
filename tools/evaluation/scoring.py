"""How well a ranked list of moments agrees with the segments that people chose. Times are seconds.

A moment hits a segment when its `t` lies within [start, end + 30 s]. A further moment that only hits
segments which are hit already is ignored: it is neither true nor false.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

GRACE_SECONDS = 30.0  # chat follows the stream, and a detector knows a peak only after it


class Segment(NamedTuple):
    """A part of a recording that people chose."""

    name: str
    start: float
    end: float


class Ranked(NamedTuple):
    """A moment of a recording with its score, known at `t`."""

    name: str
    t: float
    score: float


class Agreement(NamedTuple):
    """How a list agrees. `curve`: (recall, precision) after each true moment."""

    true: int
    false: int
    ignored: int
    found: int
    segments: int
    average_precision: float
    curve: list[tuple[float, float]]

    @property
    def precision(self) -> float:
        """The share of true moments among true and false ones."""
        return self.true / (self.true + self.false) if self.true + self.false else 0.0

    @property
    def recall(self) -> float:
        """The share of segments found."""
        return self.found / self.segments


def merged(segments: Iterable[Segment], shift: float = 0.0) -> list[Segment]:
    """Move the segments by `shift` seconds and merge overlapping ones."""
    found: list[Segment] = []
    for name, start, end in sorted(segments):
        start, end = start + shift, end + shift
        if found and found[-1].name == name and start <= found[-1].end:
            found[-1] = Segment(name, found[-1].start, max(found[-1].end, end))
        else:
            found.append(Segment(name, start, end))
    return found


def ranked(moments: Iterable[Ranked]) -> list[Ranked]:
    """Sort by score, highest first, and then by time."""
    return sorted(moments, key=lambda moment: (-moment.score, moment.t))


def agreement(segments: Sequence[Segment], moments: Iterable[Ranked]) -> Agreement:
    """Compare in order of falling score; average precision sums the recall gained times the precision so far."""
    by_name: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        by_name[segment.name].append(segment)
    found: set[Segment] = set()
    true = false = ignored = 0
    area, curve = 0.0, []
    for moment in ranked(moments):
        near = by_name.get(moment.name, ())
        hit = {each for each in near if each.start <= moment.t <= each.end + GRACE_SECONDS} if near else set()
        new = hit - found
        if new:
            true += 1
            found |= new
            precision = true / (true + false)
            area += len(new) / len(segments) * precision
            curve.append((len(found) / len(segments), precision))
        elif hit:
            ignored += 1
        else:
            false += 1
    return Agreement(true, false, ignored, len(found), len(segments), area, curve)


def top(moments: Iterable[Ranked], per_hour: float, hours: float) -> list[Ranked]:
    """Return the highest moments, `per_hour` per hour."""
    return ranked(moments)[: round(per_hour * hours)]
