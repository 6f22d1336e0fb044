"""Letters on pictures: two fonts, what they can draw, and lines that fit a width."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from api_frontend.text.shown_name import ELLIPSIS, cut, plain

# DejaVu 2.37: Latin, Greek, Cyrillic and most signs. Shipped, since an image or a phone's server may have no fonts.
FILES = {"regular": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}
FONTS = Path(__file__).parent / "fonts"
ABSENT = "\U0010ffff"  # never a character, so that its picture is the one of what a font lacks
TO_THE_RIGHT = {"R", "AL", "AN"}  # written from right to left, which needs shaping
CHARACTERS_KEPT = 4096

Weight = Literal["regular", "bold"]


@cache
def font(weight: Weight, size: int) -> ImageFont.FreeTypeFont:
    """Load a font at a size in pixels."""
    return ImageFont.truetype(FONTS / FILES[weight], size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(CHARACTERS_KEPT)
def can_draw(character: str) -> bool:
    """Return whether both fonts have the character, and it stands where it is written."""
    if unicodedata.bidirectional(character) in TO_THE_RIGHT:
        return False
    if character.isspace():
        return True
    faces = (font("regular", 16), font("bold", 16))
    return all(bytes(face.getmask(character)) != bytes(face.getmask(ABSENT)) for face in faces)


def drawable(text: str, instead: str) -> str:
    """Return the text on one line; what to draw instead if there is a character that cannot be drawn."""
    text = plain(text)
    return text if all(can_draw(character) for character in text) else instead


def fitting(text: str, face: ImageFont.FreeTypeFont, width: float) -> str:
    """Cut the text to a width in pixels."""
    text = cut(text, 300)  # wider than any line here
    while face.getlength(text) > width and len(text) > 1:
        text = text.removesuffix(ELLIPSIS)[:-1].rstrip() + ELLIPSIS
    return text


def lines(text: str, face: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """Break the text between words into at most so many lines; the last one is cut."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < most - 1:
        count = len(words)
        while count > 1 and face.getlength(" ".join(words[:count])) > width:
            count -= 1
        found.append(fitting(" ".join(words[:count]), face, width))
        words = words[count:]
    return [*found, fitting(" ".join(words), face, width)] if words else found
