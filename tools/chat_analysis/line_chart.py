"""Draw a line chart as SVG; a plotting library would be larger than the detector."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 720, 440  # pixels
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 40, 50  # margins
TICKS = 5
COLOURS = ("#7b2ff7", "#e0662f", "#2f8fe0", "#3a9d5d", "#8a8a8a")
FONT = 'font-family="sans-serif" font-size="12"'
LEGEND_LINE = 18


class Series(NamedTuple):
    """A named line. `marks` are drawn as dots."""

    name: str
    points: Sequence[tuple[float, float]]
    marks: Sequence[tuple[float, float]] = ()


class Axis(NamedTuple):
    """An axis with its label and range."""

    label: str
    low: float
    high: float


def line_chart(title: str, x: Axis, y: Axis, series: Sequence[Series]) -> str:
    """Return the chart as SVG; points outside the axes are not drawn."""
    body = [_grid(x, y), f'<text x="{WIDTH / 2}" y="22" text-anchor="middle" {FONT}>{escape(title)}</text>']
    for number, each in enumerate(series):
        body.append(_line(each, x, y, COLOURS[number % len(COLOURS)]))
        body.append(_legend(each.name, number))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *body, "</svg>\n"])


def _pixels(point: tuple[float, float], x: Axis, y: Axis) -> tuple[float, float]:
    across = LEFT + (point[0] - x.low) / (x.high - x.low) * (WIDTH - LEFT - RIGHT)
    down = HEIGHT - BOTTOM - (point[1] - y.low) / (y.high - y.low) * (HEIGHT - TOP - BOTTOM)
    return round(across, 1), round(down, 1)


def _grid(x: Axis, y: Axis) -> str:
    parts = []
    for step in range(TICKS + 1):
        value_x = x.low + (x.high - x.low) * step / TICKS
        value_y = y.low + (y.high - y.low) * step / TICKS
        across, bottom = _pixels((value_x, y.low), x, y)
        left, down = _pixels((x.low, value_y), x, y)
        parts.append(f'<path d="M{across} {TOP}V{bottom}M{left} {down}H{WIDTH - RIGHT}" stroke="#e4e4e4"/>')
        parts.append(f'<text x="{across}" y="{bottom + 16}" text-anchor="middle" {FONT}>{value_x:g}</text>')
        parts.append(f'<text x="{left - 6}" y="{down + 4}" text-anchor="end" {FONT}>{value_y:g}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 10}" text-anchor="middle" {FONT}>{escape(x.label)}</text>')
    rotation = f'transform="rotate(-90 16 {middle})"'
    parts.append(f'<text x="16" y="{middle}" text-anchor="middle" {rotation} {FONT}>{escape(y.label)}</text>')
    return "\n".join(parts)


def _line(series: Series, x: Axis, y: Axis, colour: str) -> str:
    inside = [point for point in series.points if x.low <= point[0] <= x.high and y.low <= point[1] <= y.high]
    path = " ".join(f"{across},{down}" for across, down in (_pixels(point, x, y) for point in inside))
    marks = [_pixels(point, x, y) for point in series.marks]
    dots = [f'<circle cx="{across}" cy="{down}" r="4" fill="{colour}"/>' for across, down in marks]
    return "\n".join([f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots])


def _legend(name: str, number: int) -> str:
    top = TOP + 14 + number * LEGEND_LINE
    left = WIDTH - RIGHT - 320
    colour = COLOURS[number % len(COLOURS)]
    bar = f'<path d="M{left} {top - 4}h18" stroke="{colour}" stroke-width="3"/>'
    return f'{bar}<text x="{left + 24}" y="{top}" {FONT}>{escape(name)}</text>'
