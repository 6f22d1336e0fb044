"""How well a ranked list of moments agrees with segments that people chose. Pure; times are seconds.

A moment hits a segment when its `t` lies within [start, end + 30 s]. A further one that hits only segments which are
hit already is ignored: neither true nor false.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

GRACE_SECONDS = 30.0  # chat follows the picture, and a detector knows a peak after it


class Segment(NamedTuple):
    """A stretch of a recording that people chose."""

    name: str
    start: float
    end: float


class Ranked(NamedTuple):
    """A moment of a recording, known at `t`."""

    name: str
    t: float
    score: float


class Agreement(NamedTuple):
    """What a list is worth. `curve`: (recall, precision) after each moment that was true."""

    true: int
    false: int
    ignored: int
    found: int
    segments: int
    average_precision: float
    curve: list[tuple[float, float]]

    @property
    def precision(self) -> float:
        """True among true and false."""
        return self.true / (self.true + self.false) if self.true + self.false else 0.0

    @property
    def recall(self) -> float:
        """Segments found."""
        return self.found / self.segments


def merged(segments: Iterable[Segment], shift: float = 0.0) -> list[Segment]:
    """The segments moved by `shift` seconds, overlapping ones as one."""
    found: list[Segment] = []
    for name, start, end in sorted(segments):
        start, end = start + shift, end + shift
        if found and found[-1].name == name and start <= found[-1].end:
            found[-1] = Segment(name, found[-1].start, max(found[-1].end, end))
        else:
            found.append(Segment(name, start, end))
    return found


def ranked(moments: Iterable[Ranked]) -> list[Ranked]:
    """The highest first; of equal ones the earliest."""
    return sorted(moments, key=lambda moment: (-moment.score, moment.t))


def agreement(segments: Sequence[Segment], moments: Iterable[Ranked]) -> Agreement:
    """Take the moments by falling score; average precision sums the recall gained times the precision so far."""
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


def top(moments: Iterable[Ranked], an_hour: float, hours: float) -> list[Ranked]:
    """The highest `an_hour` an hour."""
    return ranked(moments)[: round(an_hour * hours)]
