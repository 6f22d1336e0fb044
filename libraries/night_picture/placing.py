"""Where the curve's points and the peaks' badges go, in pixels of the curve's place."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from night_picture.night import Night

ROOM = 0.3  # of the height, over the loudest stretch: badges stand there


class Place(NamedTuple):
    """A rectangle of the picture."""

    left: int
    top: int
    width: int
    height: int

    @property
    def bottom(self) -> int:
        """The lowest line."""
        return self.top + self.height


class Badge(NamedTuple):
    """Where a peak's number stands, and the point of the curve that it belongs to."""

    x: float
    y: float
    point_x: float
    point_y: float


def columns(counts: Sequence[int | None], most: int) -> list[float | None]:
    """Return at most so many values: the highest of each group, None where none of it was read."""
    if len(counts) <= most:
        return [None if each is None else float(each) for each in counts]
    found: list[float | None] = []
    for column in range(most):
        first, last = column * len(counts) // most, max((column + 1) * len(counts) // most, column + 1)
        read = [each for each in counts[first:last] if each is not None]
        found.append(float(max(read)) if read else None)
    return found


def runs(values: Sequence[float | None], place: Place) -> Iterator[list[tuple[float, float]]]:
    """Yield the points of each part of the curve that was read; between them is a gap."""
    top = _top(values)
    step = place.width / max(len(values), 1)
    for is_read, group in groupby(enumerate(values), key=lambda each: each[1] is not None):
        if not is_read:
            continue
        points = [(place.left + (index + 0.5) * step, _height(value or 0.0, top, place)) for index, value in group]
        (first_x, first_y), (last_x, last_y) = points[0], points[-1]
        yield [(first_x - step / 2, first_y), *points, (last_x + step / 2, last_y)]


def badges(night: Night, values: Sequence[float | None], place: Place, radius: int) -> list[Badge]:
    """Place a badge over each shown peak, the highest first: where two would meet, the later one moves up or aside."""
    top = _top(values)
    found: list[Badge] = []
    for peak in night.shown:
        share = min(max(peak.at / night.length, 0.0), 1.0) if night.length else 0.0
        x = place.left + share * place.width
        value = values[min(int(share * len(values)), len(values) - 1)] if values else None
        y = _height(value or 0.0, top, place)
        centre = min(max(x, place.left + radius), place.left + place.width - radius)
        found.append(_free(Badge(centre, y - 1.6 * radius, x, y), found, place, radius))
    return found


def _top(values: Sequence[float | None]) -> float:
    return max([each for each in values if each is not None], default=0.0) or 1.0


def _height(value: float, top: float, place: Place) -> float:
    return place.bottom - value / top * (1 - ROOM) * place.height


def _free(wanted: Badge, taken: Sequence[Badge], place: Place, radius: int) -> Badge:
    """Return the nearest point of the curve's place where the badge covers no other."""
    gap = 2.1 * radius
    for distance in range(12):
        for x, y in ((0, -distance), (-distance, 0), (distance, 0)):
            moved = wanted._replace(x=wanted.x + x * gap / 2, y=wanted.y + y * gap / 2)
            is_inside = place.left + radius <= moved.x <= place.left + place.width - radius and moved.y >= place.top
            if is_inside and all((moved.x - each.x) ** 2 + (moved.y - each.y) ** 2 >= gap**2 for each in taken):
                return moved
    return wanted
