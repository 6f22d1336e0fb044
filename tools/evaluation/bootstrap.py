"""The uncertainty of an average precision: recordings in 15-minute blocks, drawn again and again with replacement.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13; blocks, because bursts come in groups.
Several lists are measured on the same draws, so that their differences are paired.
"""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evaluation.scoring import GRACE_SECONDS, Ranked, Segment, agreement

BLOCK_SECONDS = 900
ROUNDS = 500
TAIL = 0.05  # on either side: a 90 % interval


class Interval(NamedTuple):
    """The middle 90 %."""

    low: float
    high: float


class Block(NamedTuple):
    """One block: its segments, and its moments by list."""

    segments: list[Segment]
    moments: dict[str, list[Ranked]]


def blocks(
    segments: Sequence[Segment], lists: Mapping[str, Sequence[Ranked]], hours: Mapping[str, float]
) -> list[Block]:
    """Cut all recordings: a segment goes to the block of its start, a moment to that of the segment it hits."""
    found = {
        (name, number): Block([], {label: [] for label in lists})
        for name, long in hours.items()
        for number in range(int(long * 3600 // BLOCK_SECONDS) + 1)
    }
    by_name: dict[str, list[Segment]] = {name: [] for name in hours}
    for segment in segments:
        found[_block_of(segment.name, segment.start, hours)].segments.append(segment)
        by_name[segment.name].append(segment)
    for label, moments in lists.items():
        for moment in moments:
            hit = (each for each in by_name[moment.name] if each.start <= moment.t <= each.end + GRACE_SECONDS)
            at = next((each.start for each in hit), moment.t)
            found[_block_of(moment.name, at, hours)].moments[label].append(moment)
    return list(found.values())


def _block_of(name: str, second: float, hours: Mapping[str, float]) -> tuple[str, int]:
    return name, int(min(max(second, 0.0), hours[name] * 3600) // BLOCK_SECONDS)


def draw(cut: Sequence[Block], labels: Sequence[str], rounds: int = ROUNDS, seed: int = 1) -> list[dict[str, float]]:
    """Return the average precision of each list in each draw, without draws that have no segment."""
    rnd = random.Random(seed)
    found = []
    for _ in range(rounds):
        chosen = [(str(copy), block) for copy, block in enumerate(rnd.choices(cut, k=len(cut)))]
        segments = [each._replace(name=copy) for copy, block in chosen for each in block.segments]
        if not segments:
            continue
        values = {}
        for label in labels:
            moments = [each._replace(name=copy) for copy, block in chosen for each in block.moments[label]]
            values[label] = agreement(segments, moments).average_precision
        found.append(values)
    return found


def interval(values: Sequence[float]) -> Interval:
    """Return the middle 90 % of the values."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return Interval(ordered[round(TAIL * last)], ordered[round((1 - TAIL) * last)])
