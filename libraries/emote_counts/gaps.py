"""Which times nobody read, or in which there was no stream: there a count of 0 says nothing."""

from collections.abc import Iterable
from typing import NamedTuple

Span = tuple[int, int]  # from, until; ms


class CoverageEvent(NamedTuple):
    """A row of `coverage`, times in ms. `until_at` is a gap's end."""

    event: str  # joined, left, gap
    from_at: int
    until_at: int | None


def read_spans(events: Iterable[CoverageEvent], from_at: int, until_at: int) -> list[Span]:
    """Return which times were read; none before the first event."""
    ordered = sorted(events, key=lambda each: each.from_at)
    joined: list[Span] = []
    begin: int | None = None
    for each in ordered:
        if each.event == "joined" and begin is None:
            begin = each.from_at
        elif each.event == "left" and begin is not None:
            joined.append((begin, each.from_at))
            begin = None
    if begin is not None:
        joined.append((begin, until_at))
    gaps = [(each.from_at, each.until_at) for each in ordered if each.event == "gap" and each.until_at is not None]
    return without(between(joined, from_at, until_at), gaps)


def between(spans: Iterable[Span], from_at: int, until_at: int) -> list[Span]:
    """Return the parts of ordered spans that lie between two times."""
    cut = ((max(begin, from_at), min(end, until_at)) for begin, end in spans)
    return [(begin, end) for begin, end in cut if begin < end]


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> list[Span]:
    """Return what gaps leave of spans."""
    left = list(spans)
    for gap_from, gap_until in gaps:
        left = [
            piece
            for begin, end in left
            for piece in ((begin, min(end, gap_from)), (max(begin, gap_until), end))
            if piece[0] < piece[1]
        ]
    return left


def both(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """Return the times that are in both."""
    known = sorted(others)
    return [piece for begin, end in spans for piece in between(known, begin, end)]


def seconds_in(spans: list[Span], from_at: int, step_ms: int, points: int) -> list[float]:
    """Return how many seconds of each step from `from_at` on are in the spans."""
    found = [0.0] * points
    for begin, end in between(spans, from_at, from_at + points * step_ms):
        for point in range((begin - from_at) // step_ms, -(-(end - from_at) // step_ms)):
            at = from_at + point * step_ms
            found[point] += (min(end, at + step_ms) - max(begin, at)) / 1000
    return found
