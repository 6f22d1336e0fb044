"""Draws the chat curve: how many people wrote in each second, as SVG paths and marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from api_frontend.translation import _, number

NICE_STEPS = (1, 2, 5)  # times a power of ten: what people read without counting
HEADROOM = 1.08  # the highest second stays below the frame
MARK_SECONDS = 30


@dataclass(frozen=True)
class Mark:
    """A line across the curve: its position in percent of the width or height, and its label."""

    percent: float
    text: str


@dataclass(frozen=True)
class Band:
    """`width` seconds from second `start` on."""

    start: float
    width: float


@dataclass(frozen=True)
class Loudest:
    """The second in which most people wrote: its number, how many they were, and where the dot is, in percent."""

    second: int
    people: int
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Paths in a box `seconds` wide and 100 high (0 is the top), and marks in percent of it.

    `gaps` are seconds that nobody read, `clip` what the clip shows, `top` the people at the box's upper edge.
    """

    from_at: int
    seconds: int
    people: list[int | None]
    top: float
    usual: float
    area: str
    line: str
    gaps: list[Band]
    clip: Band | None
    loudest: Loudest | None
    usual_percent: float | None
    x_marks: list[Mark]
    y_marks: list[Mark]
    unread_seconds: int

    @property
    def plot(self) -> dict[str, Any]:
        """What the page's script draws it from."""
        loudest = self.loudest.second if self.loudest else None
        return plot_of(self.from_at, 1000, self.people, self.top) | {"usual": self.usual or None, "loudest": loudest}


def plot_of(from_at: int, step_ms: int, people: Sequence[int | None], top: float) -> dict[str, Any]:
    """Return a line as the page's script draws it: a value each `step_ms` from `from_at` on, in a box `top` high."""
    return {"from": from_at, "step": step_ms, "people": list(people), "top": round(top, 2)}


def bands(covered: Sequence[int], seconds: int) -> list[Band]:
    """Find the gaps; a second that `covered` does not reach counts as read."""
    found: list[Band] = []
    for second in range(min(seconds, len(covered))):
        if covered[second]:
            continue
        if found and found[-1].start + found[-1].width == second:
            found[-1] = Band(found[-1].start, found[-1].width + 1)
        else:
            found.append(Band(second, 1))
    return found


def runs(covered: Sequence[int], seconds: int) -> list[range]:
    """Find the runs of seconds between the gaps."""
    begin, found = 0, []
    for gap in bands(covered, seconds):
        if gap.start > begin:
            found.append(range(begin, int(gap.start)))
        begin = int(gap.start + gap.width)
    if begin < seconds:
        found.append(range(begin, seconds))
    return found


def coordinate(value: float) -> str:
    """Write a coordinate without needless digits."""
    return f"{value:.1f}".removesuffix(".0")


def height(count: float, top: float) -> float:
    """Return the distance from the box's upper edge, 0 to 100."""
    return 100 * (1 - min(count, top) / top)


def steps(counts: Sequence[int], run: range, top: float) -> str:
    """Draw from the middle of each second of a run to the next; level stretches as one, since most are."""
    parts = []
    level = 0
    heights = [round(10 * height(counts[second], top)) for second in run]
    for before, after in pairwise(heights):
        if before == after:
            level += 1
            continue
        moved = coordinate((after - before) / 10)
        parts.append(f"{f'h{level}' if level else ''}l1{moved if moved.startswith('-') else f' {moved}'}")
        level = 0
    return "".join(parts) + (f"h{level}" if level else "")


def line(counts: Sequence[int], read: list[range], top: float) -> str:
    """Draw a path through the middle of each second, broken at gaps."""
    parts = []
    for run in read:
        y = coordinate(height(counts[run[0]], top))
        if len(run) == 1:  # one second alone: a stroke as wide as it
            parts.append(f"M{run[0]} {y}H{run[0] + 1}")
        else:
            parts.append(f"M{coordinate(run[0] + 0.5)} {y}{steps(counts, run, top)}")
    return "".join(parts)


def area(counts: Sequence[int], read: list[range], top: float) -> str:
    """Draw the same path, closed down to the floor."""
    parts = []
    for run in read:
        first = coordinate(height(counts[run[0]], top))
        parts.append(f"M{run[0]} 100V{first}h.5{steps(counts, run, top)}H{run[-1] + 1}V100Z")
    return "".join(parts)


def nice_step(top: float) -> int:
    """Return a step that divides `top` into two to five parts."""
    power = 1
    while True:
        for nice in NICE_STEPS:
            if top / (nice * power) <= 5:
                return nice * power
        power *= 10


def y_marks(top: float) -> list[Mark]:
    """Mark round counts above zero."""
    step = nice_step(top)
    return [Mark(height(count, top), number(count)) for count in range(step, int(top) + 1, step)]


def x_marks(middle: float, seconds: int) -> list[Mark]:
    """Mark every 30 s from second `middle` on, to both sides."""
    marks = []
    for offset in range(-600, 601, MARK_SECONDS):
        at = middle + offset
        if offset and 0 <= at <= seconds:
            signed = f"{'+' if offset > 0 else '−'}{abs(offset)}"
            marks.append(Mark(100 * at / seconds, _("%(seconds)s s", seconds=signed)))
    return marks


def loudest_of(people: Sequence[int], read: list[range], top: float) -> Loudest | None:
    """Find the first second in which most people wrote; None where nobody did."""
    seconds = [second for run in read for second in run]
    second = max(seconds, key=lambda each: people[each], default=None)
    if second is None or not people[second]:
        return None
    return Loudest(second, people[second], 100 * (second + 0.5) / len(people), height(people[second], top))


def band_of(clip: tuple[int, int] | None, from_at: int, seconds: int) -> Band | None:
    """Return the part of these times (ms) that lies within the curve; None if there is none."""
    if clip is None:
        return None
    begin, end = (min(max((at - from_at) / 1000, 0.0), float(seconds)) for at in clip)
    return Band(begin, end - begin) if end > begin else None


def draw(
    *,
    from_at: int,
    people: Sequence[int],
    seconds: int,
    covered: Sequence[int],
    usual: float,
    clip: tuple[int, int] | None = None,
) -> Curve | None:
    """Draw how many people wrote in each of these seconds, the first starting at `from_at` (ms); None without any.

    `usual`: people in an ordinary second, 0 if not known. `clip`: from when to when a clip shows the stream.
    """
    if not seconds:
        return None
    counts = list(people[:seconds]) + [0] * (seconds - len(people))
    read = runs(covered, seconds)
    top = max(*counts, usual, 1) * HEADROOM
    gaps = bands(covered, seconds)
    loudest = loudest_of(counts, read, top)
    known = {second for run in read for second in run}
    return Curve(
        from_at=from_at,
        seconds=seconds,
        people=[count if second in known else None for second, count in enumerate(counts)],
        top=top,
        usual=usual,
        area=area(counts, read, top),
        line=line(counts, read, top),
        gaps=gaps,
        clip=band_of(clip, from_at, seconds),
        loudest=loudest,
        usual_percent=height(usual, top) if usual > 0 else None,
        x_marks=x_marks(loudest.second + 0.5, seconds) if loudest else [],
        y_marks=y_marks(top),
        unread_seconds=int(sum(gap.width for gap in gaps)),
    )
