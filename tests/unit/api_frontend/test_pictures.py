"""Cards and signs: what is on them, what cannot be drawn, and what is kept of them."""

import asyncio
import re
import threading
import time
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops
from unit.api_frontend.examples import MOMENT, evidence, with_fields

from api_frontend.data.stored_moment import Channel
from api_frontend.pictures import card, lettering, sign
from api_frontend.pictures.shelf import BusyError, Shelf
from api_frontend.static_files import STATIC


def image_of(picture: bytes) -> Image.Image:
    """The picture, decoded."""
    image = Image.open(BytesIO(picture))
    image.load()
    return image


def differs(one: bytes, other: bytes) -> tuple[int, int, int, int] | None:
    """The box in which two pictures differ."""
    return ImageChops.difference(image_of(one).convert("RGB"), image_of(other).convert("RGB")).getbbox()


def test_a_card_is_a_small_png_of_the_size_that_readers_ask_for() -> None:
    picture = card.moment_card(MOMENT)
    assert image_of(picture).size == (1200, 630)
    assert len(picture) < 100_000


def test_a_card_shows_channel_lead_numbers_and_curve() -> None:
    plain = card.moment_card(MOMENT)
    other = Channel("11", "lunaplays", "Somebody Else")
    assert (differs(plain, card.moment_card(replace(MOMENT, channel=other))) or (0, 0, 0, 0))[3] < 120
    laughing = differs(plain, card.moment_card(with_fields(MOMENT, mood="laughter")))
    assert laughing is not None
    assert 120 < laughing[1] < 260
    quiet = with_fields(MOMENT, evidence=evidence(chatters=[3] * 90))
    curve = differs(plain, card.moment_card(quiet))
    assert curve is not None
    assert curve[1] >= card.CURVE_TOP


@pytest.mark.parametrize("changes", [{"chatters": []}, {"covered": [0] * 90}, {"chatters": [0] * 90}, {"covered": []}])
def test_a_moment_with_little_evidence_has_a_card(changes: dict[str, list[int]]) -> None:
    assert image_of(card.moment_card(with_fields(MOMENT, evidence=evidence(**changes)))).size == (1200, 630)


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("LunaPlays", "LunaPlays"),
        ("Ёлка Ωmega Łódź", "Ёлка Ωmega Łódź"),
        ("日本語", "lunaplays"),
        ("عربي", "lunaplays"),  # would be drawn from the wrong side
        ("Luna\U0001fae0", "lunaplays"),
        ("\u202eanuL", "anuL"),
    ],
)
def test_a_name_that_cannot_be_drawn_gives_way_to_the_login(name: str, drawn: str) -> None:
    assert card.whose(replace(MOMENT, channel=Channel("11", "lunaplays", name))) == drawn


def test_lines_fit_their_width() -> None:
    face = lettering.font("bold", 64)
    for text in ("Chat burst out laughing · " + "W" * 30, "W" * 500, "one two " * 40, ""):
        found = lettering.lines(text, face, 1072, 2)
        assert len(found) <= 2
        assert all(face.getlength(line) <= 1072 for line in found)
    assert lettering.lines("Chat went wild · KEKW", face, 1072, 2) == ["Chat went wild · KEKW"]


def test_the_drawn_sign_is_the_one_of_the_svg() -> None:
    root = ElementTree.parse(STATIC / "icon.svg").getroot()
    path = next(each for each in root if each.tag.endswith("path"))
    x, y, *steps = (float(each) for each in re.findall(r"-?\d+", path.attrib["d"]))  # M x y, h dx, l dx dy …, h dx
    found = [(x, y), (x + steps[0], y)]
    for dx, dy in zip([*steps[1:-1:2], steps[-1]], [*steps[2:-1:2], 0.0], strict=True):
        found.append((found[-1][0] + dx, found[-1][1] + dy))
    assert found == [tuple(map(float, each)) for each in sign.LINE]


def test_the_sign_fills_a_phones_icon_and_has_round_corners_elsewhere() -> None:
    assert image_of(sign.icon_png(180)).convert("RGBA").getpixel((0, 0)) == (0x1D, 0x1B, 0x22, 255)
    corner = sign.icon(32, whole=False).getpixel((0, 0))
    assert isinstance(corner, tuple)
    assert corner[3] < 40


async def test_a_picture_that_is_asked_for_twice_is_drawn_once() -> None:
    shelf, drawn = Shelf(), []

    def draw() -> bytes:
        time.sleep(0.05)
        drawn.append(threading.current_thread().name)
        return b"picture"

    assert await asyncio.gather(*(shelf.picture("a", draw) for _ in range(5))) == [b"picture"] * 5
    assert await shelf.picture("a", draw) == b"picture"
    assert len(drawn) == 1
    assert drawn[0].startswith("pictures")  # beside the event loop
    shelf.close()


async def test_a_visitor_who_goes_away_ends_it_for_nobody() -> None:
    shelf, go_on = Shelf(), threading.Event()

    def draw() -> bytes:
        go_on.wait(10)
        return b"picture"

    leaving = asyncio.create_task(shelf.picture("a", draw))
    staying = asyncio.create_task(shelf.picture("a", draw))
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.sleep(0)
    go_on.set()
    assert await staying == b"picture"
    shelf.close()


async def test_pictures_are_kept_within_a_bound_the_last_used_longest() -> None:
    shelf = Shelf(most_bytes=25)
    for key in ("a", "b", "a", "c"):
        await shelf.picture(key, lambda: b"x" * 10)
    assert [key for key in "abc" if shelf.has(key)] == ["a", "c"]
    await shelf.picture("large", lambda: b"x" * 100)
    assert not any(shelf.has(key) for key in ("a", "b", "c", "large"))
    shelf.close()


async def test_a_crowd_is_refused_and_a_fault_is_not_kept() -> None:
    shelf, go_on = Shelf(most_waiting=2), threading.Event()

    def draw() -> bytes:
        go_on.wait(10)
        return b"picture"

    def fail() -> bytes:
        raise ValueError("no picture")

    waiting = [asyncio.create_task(shelf.picture(key, draw)) for key in "ab"]
    await asyncio.sleep(0.01)
    with pytest.raises(BusyError):
        await shelf.picture("c", draw)
    go_on.set()
    assert await asyncio.gather(*waiting) == [b"picture"] * 2
    with pytest.raises(ValueError, match="no picture"):
        await shelf.picture("d", fail)
    assert await shelf.picture("d", draw) == b"picture"
    shelf.close()
