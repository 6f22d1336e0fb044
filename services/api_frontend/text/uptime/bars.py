"""Draws a bar for each day: by shape as well as by colour, a path for each kind of day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api_frontend.data.uptime.days import Day
from api_frontend.text.uptime.words import day_words, kind

STEP, WIDE = 6, 4.6  # units of the drawing: from day to day, and a bar
TOP, TALL_TOP, MIDDLE, FLOOR = 10, 0, 23, 36  # a day with an outage stands out above the others
EDGE = 1.0  # of a hollow bar
WORK_TOP, WORK_FLOOR = 40, 44


@dataclass(frozen=True)
class Told:
    """A day that is not simply up: where it is, and what was."""

    x: int
    day: Day
    words: str


@dataclass(frozen=True)
class Bars:
    """The paths by kind of day, the marks of planned work, and the days to tell of."""

    width: int
    paths: dict[str, str]
    work: str
    told: list[Told]


def box(x: float, top: float, width: float, floor: float) -> str:
    """Draw a filled box."""
    return f"M{x:g} {top:g}h{width:g}V{floor:g}h{-width:g}z"


def hollow(x: float, top: float, floor: float) -> str:
    """Draw a box with a hole."""
    inner = f"M{x + EDGE:g} {top + EDGE:g}V{floor - EDGE:g}h{WIDE - 2 * EDGE:g}V{top + EDGE:g}z"
    return box(x, top, WIDE, floor) + inner


BARS: dict[str, Callable[[float], str]] = {  # by kind of day: what draws it
    "up": lambda x: box(x, TOP, WIDE, FLOOR),
    "down": lambda x: box(x, TALL_TOP, WIDE, FLOOR),
    "partly": lambda x: hollow(x, TOP, MIDDLE) + box(x, MIDDLE, WIDE, FLOOR),
    "unknown": lambda x: hollow(x, TOP, FLOOR),
    "before": lambda x: box(x, FLOOR - 2, WIDE, FLOOR),
}


def draw(days: Sequence[Day]) -> Bars:
    """Draw the days from left to right."""
    paths: dict[str, str] = {}
    work, told = "", []
    for number, day in enumerate(days):
        name, x = kind(day), number * STEP
        paths[name] = paths.get(name, "") + BARS[name](x)
        if day.has_work:
            work += box(x, WORK_TOP, WIDE, WORK_FLOOR)
        if day.has_work or name not in ("up", "before"):
            told.append(Told(x, day, day_words(day)))
    return Bars(len(days) * STEP, paths, work, told)
