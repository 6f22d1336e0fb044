"""Draws the chat curve: counts per second as SVG paths and marks."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    """A gap of `width` seconds that nobody read, from second `start` on."""

    start: int
    width: int


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Paths in a box `seconds` wide and 100 high (0 is the top), and marks in percent of it."""

    seconds: int
    messages_area: str
    messages_line: str
    chatters_line: str
    gaps: list[Band]
    peak_percent: float | None
    usual_percent: float | None
    expected_percent: float | None
    x_marks: list[Mark]
    y_marks: list[Mark]
    top_messages: int
    top_chatters: int
    unread_seconds: int


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
            found.append(range(begin, gap.start))
        begin = gap.start + gap.width
    if begin < seconds:
        found.append(range(begin, seconds))
    return found


def number(value: float) -> str:
    """Write a coordinate without needless digits."""
    return f"{value:.1f}".removesuffix(".0")


def height(count: float, top: float) -> float:
    """Return the distance from the box's upper edge, 0 to 100."""
    return 100 * (1 - min(count, top) / top)


def line(counts: Sequence[int], read: list[range], top: float) -> str:
    """Draw a path through the middle of each second, broken at gaps."""
    parts = []
    for run in read:
        if len(run) == 1:  # one second alone: a stroke as wide as it
            y = number(height(counts[run[0]], top))
            parts.append(f"M{run[0]} {y}H{run[0] + 1}")
            continue
        points = [f"{number(second + 0.5)} {number(height(counts[second], top))}" for second in run]
        parts.append("M" + "L".join(points))
    return "".join(parts)


def area(counts: Sequence[int], read: list[range], top: float) -> str:
    """Draw the same path, closed down to the floor."""
    parts = []
    for run in read:
        points = "".join(f"L{number(second + 0.5)} {number(height(counts[second], top))}" for second in run)
        first, last = number(height(counts[run[0]], top)), number(height(counts[run[-1]], top))
        parts.append(f"M{run[0]} 100V{first}{points}L{run[-1] + 1} {last}V100Z")
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
    return [Mark(height(count, top), f"{count:,}") for count in range(step, int(top) + 1, step)]


def x_marks(from_at: int, peak_at: int, seconds: int) -> list[Mark]:
    """Mark every 30 s from the peak on, which is the second that ends at `peak_at`."""
    peak = (peak_at - from_at) / 1000
    marks = []
    for offset in range(-600, 601, MARK_SECONDS):
        at = peak + offset
        if offset and 0 <= at <= seconds:
            marks.append(Mark(100 * at / seconds, f"{'+' if offset > 0 else '−'}{abs(offset)} s"))
    return marks


def percent_within(at: int, from_at: int, seconds: int) -> float | None:
    """Return the time's position on the width, or None if it is outside."""
    second = (at - from_at) / 1000
    return 100 * second / seconds if 0 <= second <= seconds else None


def draw(
    *,
    from_at: int,
    messages: Sequence[int],
    chatters: Sequence[int],
    covered: Sequence[int],
    peak_at: int,
    usual: float,
    expected: float = 0.0,
) -> Curve | None:
    """Draw these counts, the first second starting at `from_at` (ms); None if there are none.

    `usual`: messages per second, `expected`: people per second; 0 if not known.
    """
    seconds = len(messages)
    if not seconds:
        return None
    people = list(chatters[:seconds]) + [0] * (seconds - len(chatters))
    read = runs(covered, seconds)
    top = max(*messages, *people, usual, expected, 1) * HEADROOM
    gaps = bands(covered, seconds)
    return Curve(
        seconds=seconds,
        messages_area=area(messages, read, top),
        messages_line=line(messages, read, top),
        chatters_line=line(people, read, top),
        gaps=gaps,
        peak_percent=percent_within(peak_at, from_at, seconds),
        usual_percent=height(usual, top) if usual > 0 else None,
        expected_percent=height(expected, top) if expected > 0 else None,
        x_marks=x_marks(from_at, peak_at, seconds),
        y_marks=y_marks(top),
        top_messages=max(messages),
        top_chatters=max(people),
        unread_seconds=sum(gap.width for gap in gaps),
    )
