"""Intervals of up and down: overlaps resolved, small gaps bridged, and what nobody noted left unknown.

Times are whole milliseconds, so that up, down and unknown add up to the whole to the last one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

State = Literal["up", "down", "unknown"]


class Span(NamedTuple):
    """From when until when (ms since 1970 UTC)."""

    from_at: int
    until_at: int

    @property
    def length(self) -> int:
        """Its milliseconds."""
        return self.until_at - self.from_at


class Piece(NamedTuple):
    """A stretch of one state."""

    state: State
    span: Span


@dataclass(frozen=True)
class Sums:
    """Milliseconds of each state."""

    up: int = 0
    down: int = 0
    unknown: int = 0

    @property
    def watched(self) -> int:
        """Milliseconds of which it is known."""
        return self.up + self.down

    @property
    def whole(self) -> int:
        """All milliseconds."""
        return self.up + self.down + self.unknown


def union(spans: Iterable[Span], bridged: int = 0) -> list[Span]:
    """Join what overlaps, touches, or is no further apart than `bridged`; in order. What lasted no time is left out."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.length > 0):
        if joined and span.from_at <= joined[-1].until_at + bridged:
            joined[-1] = Span(joined[-1].from_at, max(joined[-1].until_at, span.until_at))
        else:
            joined.append(span)
    return joined


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Cut `taken` out of `spans`; both are in order and without overlaps."""
    rest: list[Span] = []
    first = 0
    for span in spans:
        while first < len(taken) and taken[first].until_at <= span.from_at:
            first += 1
        at, each = span.from_at, first
        while each < len(taken) and taken[each].from_at < span.until_at:
            if taken[each].from_at > at:
                rest.append(Span(at, taken[each].from_at))
            at = max(at, taken[each].until_at)
            each += 1
        if at < span.until_at:
            rest.append(Span(at, span.until_at))
    return rest


def timeline(up: Iterable[Span], down: Iterable[Span], whole: Span, bridged: int) -> list[Piece]:
    """Lay out `whole` without gaps: where notes overlap down counts, a gap of `bridged` goes on as before."""
    downs = union(down)
    known = [Piece("down", span) for span in downs] + [Piece("up", span) for span in without(union(up), downs)]
    pieces: list[Piece] = []
    for state, span in sorted(known, key=lambda piece: piece.span):
        if pieces and 0 < span.from_at - pieces[-1].span.until_at <= bridged:
            _extend(pieces, pieces[-1].state, span.from_at)
        _extend(pieces, state, span.until_at, span.from_at)
    if pieces and 0 < whole.until_at - pieces[-1].span.until_at <= bridged:
        _extend(pieces, pieces[-1].state, whole.until_at)
    return filled(pieces, whole)


def _extend(pieces: list[Piece], state: State, until: int, begin: int | None = None) -> None:
    """Make the last piece longer, or begin another."""
    if pieces and pieces[-1].state == state and begin in (None, pieces[-1].span.until_at):
        pieces[-1] = Piece(state, Span(pieces[-1].span.from_at, until))
    elif begin is not None:
        pieces.append(Piece(state, Span(begin, until)))


def filled(pieces: Sequence[Piece], whole: Span) -> list[Piece]:
    """Cut the pieces to `whole`, and say of the rest that it is unknown."""
    found: list[Piece] = []
    at = whole.from_at
    for state, span in pieces:
        begin, until = max(span.from_at, at), min(span.until_at, whole.until_at)
        if begin >= until:
            continue
        if begin > at:
            found.append(Piece("unknown", Span(at, begin)))
        found.append(Piece(state, Span(begin, until)))
        at = until
    if at < whole.until_at:
        found.append(Piece("unknown", Span(at, whole.until_at)))
    return found


def sums(pieces: Iterable[Piece]) -> Sums:
    """Add up the states."""
    found: dict[State, int] = {"up": 0, "down": 0, "unknown": 0}
    for state, span in pieces:
        found[state] += span.length
    return Sums(**found)


def overlap(spans: Iterable[Span], other: Span) -> int:
    """Return how many milliseconds of `other` the spans cover; they do not overlap each other."""
    return sum(max(0, min(span.until_at, other.until_at) - max(span.from_at, other.from_at)) for span in spans)
