"""The picture of a night: 1200 x 630, nothing over the edge or over another, every letter readable at 390 pixels."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from api_frontend.pictures import lettering
from night_picture.night import MOST_PEAKS, NamedPeak, Night
from night_picture.picture import CURVE, EMBER, HEIGHT, INK, PAPER, POINTS, RADIUS, SOFT, WIDTH, draw_night
from night_picture.placing import Place, badges, columns, runs

PHONE = 390  # pixels: as wide as the picture is on a phone
LEAST_LETTERS = 11.5  # pixels high there
COUNTS = st.lists(st.none() | st.integers(0, 10_000), max_size=900)
PEAKS = st.lists(st.floats(0, 40_000, allow_nan=False), max_size=8)


def night(counts: "list[int | None]", ats: list[float], step: float = 30.0, name: str = "laughter · KEKW") -> Night:
    peaks = [NamedPeak(at, "6:54:21", name) for at in ats]
    return Night("SomeStreamer", "Your chat erupted 9 times", "Sunday 29 November · 5 h 10 min", counts, step, peaks)


LONG = [round(50 + 40 * ((at * 7) % 13)) for at in range(600)]


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


@settings(max_examples=80, deadline=None)
@given(COUNTS, PEAKS)
def test_badges_stay_inside_and_cover_no_other(counts, ats) -> None:
    found = badges(night(counts, ats), columns(counts, POINTS), CURVE, RADIUS)
    assert len(found) == min(len(ats), MOST_PEAKS)
    for number, badge in enumerate(found):
        assert RADIUS <= badge.x <= WIDTH - RADIUS
        assert CURVE.top <= badge.y <= CURVE.bottom
        for other in found[:number]:
            assert (badge.x - other.x) ** 2 + (badge.y - other.y) ** 2 >= (2 * RADIUS) ** 2


@settings(max_examples=80, deadline=None)
@given(COUNTS)
def test_the_curve_keeps_its_peaks_and_its_gaps(counts) -> None:
    values = columns(counts, 100)
    assert len(values) == min(len(counts), 100)
    read = [each for each in counts if each is not None]
    assert max((each for each in values if each is not None), default=None) == max(read, default=None)
    assert (None in values) <= (None in counts)
    place = Place(10, 20, 300, 100)
    for points in runs(values, place):
        assert all(10 <= x <= 310.001 and 20 <= y <= 120 for x, y in points)


def test_it_has_the_size_that_other_sites_ask_for() -> None:
    picture = draw_night(night([*LONG], [600.0, 5000.0, 9000.0]), lettering.font, "Stream Scout")
    assert opened(picture.png).size == (1200, 630) == (WIDTH, HEIGHT)
    assert len(picture.png) < 300_000
    assert picture == draw_night(night([*LONG], [600.0, 5000.0, 9000.0]), lettering.font, "Stream Scout")


@pytest.mark.parametrize("number", [0, 1, 5, 7])
def test_each_peak_has_its_own_area_to_tap(number: int) -> None:
    picture = draw_night(night([*LONG], [100.0 * each for each in range(number)]), lettering.font, "Stream Scout")
    assert len(picture.areas) == min(number, MOST_PEAKS)
    image = opened(picture.png)
    for place, (left, top, right, bottom) in enumerate(picture.areas):
        assert 0 <= left < right <= WIDTH
        assert CURVE.bottom <= top < bottom <= HEIGHT
        assert (bottom - top) * PHONE / WIDTH >= 16
        assert image.crop((left, top, right, bottom)).getextrema() != (((22, 22), (20, 20), (26, 26))), "something"
        for other in picture.areas[:place]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_letters_are_readable_on_a_phone() -> None:
    sizes = list[int]()

    def fonts(weight: Any, size: int) -> Any:
        sizes.append(size)
        return lettering.font(weight, size)

    draw_night(night([*LONG], [600.0]), fonts, "Stream Scout")
    assert min(sizes) * PHONE / WIDTH >= LEAST_LETTERS


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [INK, SOFT, EMBER])
def test_letters_stand_out_from_the_paper(colour: str) -> None:
    assert (luminance(colour) + 0.05) / (luminance(PAPER) + 0.05) >= 4.5


@pytest.mark.parametrize("text", ["", "W" * 400, "a b " * 200])
def test_texts_of_any_length_stay_inside(text: str) -> None:
    odd = night([*LONG], [600.0] * 5, name=text)._replace(channel=text, headline=text, when=text)
    image = opened(draw_night(odd, lettering.font, "Stream Scout").png)
    paper = tuple(int(PAPER[at : at + 2], 16) for at in (1, 3, 5))
    for x in (0, 8, WIDTH - 8, WIDTH - 1):  # the margins beside the words
        assert {image.getpixel((x, y)) for y in (*range(CURVE.top), *range(CURVE.bottom + 8, HEIGHT))} == {paper}


@pytest.mark.parametrize("counts", [[], [None] * 50, [0] * 50, [7]])
def test_a_night_without_chat_is_a_picture_too(counts: "list[int | None]") -> None:
    assert opened(draw_night(night(counts, [10.0]), lettering.font, "Stream Scout").png).size == (WIDTH, HEIGHT)


def test_a_gap_is_no_silence() -> None:
    """Where nobody read, the curve's colours are missing; where nobody wrote, its line runs along the bottom."""
    counts: list[int | None] = [50] * 100 + [None] * 100 + [0] * 100
    image = opened(draw_night(night(counts, []), lettering.font, "Stream Scout").png)
    ember = tuple(int(EMBER[at : at + 2], 16) for at in (1, 3, 5))

    def has_line(x: int) -> bool:
        return any(image.getpixel((x, y)) == ember for y in range(CURVE.top, CURVE.bottom))

    assert has_line(WIDTH // 6)
    assert not has_line(WIDTH // 2)
    assert has_line(5 * WIDTH // 6)
