"""A line chart as SVG, for documents: no library draws one without weighing more than the detector."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 720, 440  # pixels
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 50  # margins
TICKS = 5
COLOURS = ("#7b2ff7", "#e0662f", "#2f8fe0", "#3a9d5d", "#8a8a8a")
FONT = 'font-family="sans-serif" font-size="12"'
LEGEND_LINE = 18


class Line(NamedTuple):
    """A named line. `marks`: points that get a dot."""

    name: str
    points: Sequence[tuple[float, float]]
    marks: Sequence[tuple[float, float]] = ()


class Axis(NamedTuple):
    """What an axis shows, from where to where."""

    label: str
    low: float
    high: float


def line_chart(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """The chart; points outside of the axes are left out."""
    body = [_grid(x, y), f'<text x="{WIDTH / 2}" y="22" text-anchor="middle" {FONT}>{escape(title)}</text>']
    for number, line in enumerate(lines):
        body.append(_line(line, x, y, COLOURS[number % len(COLOURS)]))
        body.append(_legend(line.name, number))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *body, "</svg>\n"])


def _place(point: tuple[float, float], x: Axis, y: Axis) -> tuple[float, float]:
    across = LEFT + (point[0] - x.low) / (x.high - x.low) * (WIDTH - LEFT - RIGHT)
    down = HEIGHT - BOTTOM - (point[1] - y.low) / (y.high - y.low) * (HEIGHT - TOP - BOTTOM)
    return round(across, 1), round(down, 1)


def _grid(x: Axis, y: Axis) -> str:
    parts = []
    for step in range(TICKS + 1):
        at_x = x.low + (x.high - x.low) * step / TICKS
        at_y = y.low + (y.high - y.low) * step / TICKS
        across, bottom = _place((at_x, y.low), x, y)
        left, down = _place((x.low, at_y), x, y)
        parts.append(f'<path d="M{across} {TOP}V{bottom}M{left} {down}H{WIDTH - RIGHT}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{across}" y="{bottom + 16}" text-anchor="middle" {FONT}>{at_x:g}</text>')
        parts.append(f'<text x="{left - 6}" y="{down + 4}" text-anchor="end" {FONT}>{at_y:g}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 10}" text-anchor="middle" {FONT}>{escape(x.label)}</text>')
    turned = f'transform="rotate(-90 16 {middle})"'
    parts.append(f'<text x="16" y="{middle}" text-anchor="middle" {turned} {FONT}>{escape(y.label)}</text>')
    return "\n".join(parts)


def _line(line: Line, x: Axis, y: Axis, colour: str) -> str:
    seen = [_place(point, x, y) for point in line.points if x.low <= point[0] <= x.high and y.low <= point[1] <= y.high]
    path = " ".join(f"{across},{down}" for across, down in seen)
    dots = [_place(point, x, y) for point in line.marks]
    drawn = [f'<circle cx="{across}" cy="{down}" r="4" fill="{colour}"/>' for across, down in dots]
    return "\n".join([f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *drawn])


def _legend(name: str, number: int) -> str:
    top = TOP + 14 + number * LEGEND_LINE
    left = WIDTH - RIGHT - 320
    colour = COLOURS[number % len(COLOURS)]
    bar = f'<path d="M{left} {top - 4}h18" stroke="{colour}" stroke-width="3"/>'
    return f'{bar}<text x="{left + 24}" y="{top}" {FONT}>{escape(name)}</text>'
