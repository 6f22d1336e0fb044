"""Draw a night as PNG, 1200 x 630: a card for other sites, readable on a phone where it is 390 pixels wide.

A third of its size is left there: no letter is smaller than 36 pixels, which makes 12.
"""

import io
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from night_picture.night import MOST_PEAKS, NamedPeak, Night
from night_picture.placing import Badge, Place, badges, columns, runs

WIDTH, HEIGHT = 1200, 630
EDGE = 56
FINER = 2  # the curve is drawn that much larger and reduced, which smooths its edges
TITLE, LARGE, SMALL = 40, 60, 36  # pixels of letters
CURVE = Place(0, 226, WIDTH, 200)
LIST_TOP, ROW = 462, 54
COLUMNS_OF_LIST = 2
RADIUS = 24  # of a badge
POINTS = 400  # of the curve at most: more are no longer seen
PAPER, INK, SOFT = "#16141a", "#f6f4f8", "#b3acbc"
EMBER, WASH, GAP = "#ff8a5c", "#5a2c1d", "#38333f"
ELLIPSIS = "…"

Weight = Literal["regular", "bold"]
Fonts = Callable[[Weight, int], ImageFont.FreeTypeFont]


class NightPicture(NamedTuple):
    """The picture, and where each shown peak can be tapped in it: left, top, right, bottom."""

    png: bytes
    areas: list[tuple[int, int, int, int]]


def draw_night(night: Night, fonts: Fonts, brand: str) -> NightPicture:
    """Draw the picture; `brand` stands in its corner."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    _draw_words(draw, night, fonts, brand)
    values = columns(night.counts, POINTS)
    image.paste(_curve(values), (CURVE.left, CURVE.top))
    for number, badge in enumerate(badges(night, values, CURVE, RADIUS), 1):
        _draw_badge(draw, number, badge, fonts)
    areas = [_draw_peak(draw, number, peak, fonts) for number, peak in enumerate(night.shown)]
    output = io.BytesIO()
    image.save(output, "PNG", compress_level=6)
    return NightPicture(output.getvalue(), areas)


def _draw_words(draw: ImageDraw.ImageDraw, night: Night, fonts: Fonts, brand: str) -> None:
    corner = fonts("bold", SMALL)
    width = corner.getlength(brand)
    draw.text((WIDTH - EDGE - width, 62), brand, SOFT, corner, anchor="lm")
    title = fonts("bold", TITLE)
    draw.text((EDGE, 62), fitting(night.channel, title, WIDTH - 3 * EDGE - width), EMBER, title, anchor="lm")
    large = fonts("bold", LARGE)
    draw.text((EDGE, 128), fitting(night.headline, large, WIDTH - 2 * EDGE), INK, large, anchor="lm")
    small = fonts("regular", SMALL)
    draw.text((EDGE, 186), fitting(night.when, small, WIDTH - 2 * EDGE), SOFT, small, anchor="lm")


def _curve(values: Sequence[float | None]) -> Image.Image:
    """Draw the curve; what nobody read is a bare line."""
    place = Place(0, 0, CURVE.width * FINER, CURVE.height * FINER)
    image = Image.new("RGB", (place.width, place.height), PAPER)
    draw = ImageDraw.Draw(image)
    draw.line([(0, place.height - FINER), (place.width, place.height - FINER)], fill=GAP, width=2 * FINER)
    for points in runs(values, place):
        draw.polygon([(points[0][0], place.height), *points, (points[-1][0], place.height)], fill=WASH)
        draw.line(points, fill=EMBER, width=3 * FINER, joint="curve")
    return image.reduce(FINER)


def _draw_badge(draw: ImageDraw.ImageDraw, number: int, badge: Badge, fonts: Fonts) -> None:
    draw.line([(badge.x, badge.y), (badge.point_x, badge.point_y)], fill=INK, width=3)
    draw.circle((badge.x, badge.y), RADIUS, fill=INK, outline=PAPER, width=3)
    draw.text((badge.x, badge.y), str(number), PAPER, fonts("bold", SMALL), anchor="mm")


def _draw_peak(draw: ImageDraw.ImageDraw, number: int, peak: NamedPeak, fonts: Fonts) -> tuple[int, int, int, int]:
    """Write one peak of the list under the curve, down the columns; return where it stands."""
    rows = -(-MOST_PEAKS // COLUMNS_OF_LIST)
    column, row = divmod(number, rows)
    width = (WIDTH - 2 * EDGE) // COLUMNS_OF_LIST
    left, middle = EDGE + column * width, LIST_TOP + row * ROW
    bold, regular = fonts("bold", SMALL), fonts("regular", SMALL)
    at = float(left)
    for text, colour in ((str(number + 1), EMBER), (peak.time, INK)):
        draw.text((at, middle), text, colour, bold, anchor="lm")
        at += bold.getlength(text) + SMALL // 2
    draw.text((at, middle), fitting(peak.name, regular, left + width - at - SMALL // 2), SOFT, regular, anchor="lm")
    return left, middle - ROW // 2, left + width, middle + ROW // 2


def fitting(text: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """Cut a text to a width in pixels."""
    text = text[:300]  # wider than any line here
    while text and face.getlength(text) > width:
        text = text.removesuffix(ELLIPSIS)[:-1].rstrip()
        text += ELLIPSIS if text else ""
    return text
