"""A stream in one picture and in words: what is on it, what cannot be drawn, and times of any length."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from unit.api_frontend.examples import MADE, MOMENT, PEAK, evidence, with_fields

from api_frontend.data.recaps.recap import Change, Eruption, Raid, Recap, RecapStream
from api_frontend.data.stored_moment import Channel, StoredMoment
from api_frontend.pictures import lettering
from api_frontend.pictures.night import NAME_SIZE, Night, night_picture, peak_label, time_label, whose
from api_frontend.reader import Reader, reading
from api_frontend.text.recap.night_curve import MOST_POINTS, PEAKS, draw_night
from api_frontend.text.recap.night_words import (
    erupted_text,
    felt_text,
    happenings_of,
    hours_of,
    peak_address,
    peak_name,
    your_chat_text,
)
from contracts.moments import EmoteCount
from stream_recaps.felt import FeltHour
from stream_recaps.minutes import Minutes

START = PEAK - timedelta(hours=2)
START_MS = round(START.timestamp() * 1000) // 60_000 * 60_000
CHANNEL = Channel("11", "lunaplays", "LunaPlays")


def eruption(number: int, minute: float = 30.0, mood: str | None = "laughter") -> Eruption:
    """A moment at a minute of the stream; a greater number is better."""
    return Eruption(
        moment_id=f"m{number}",
        crossed_at=START + timedelta(minutes=minute),
        grade=number,
        people=10,
        mood=mood,
        version="3.0",
    )


def recap(length: int = 240, moments: int = 3, *, is_live: bool = False, **changes: object) -> Recap:
    """A stream of so many minutes, with moments in its first half."""
    stream = RecapStream(
        stream_id="s1",
        title="Malenia",
        game_name="Elden Ring",
        language="en",
        started_at=START,
        ended_at=None if is_live else START + timedelta(minutes=length),
        next_at=None,
    )
    people = tuple(5 + minute % 7 for minute in range(length))
    fields: dict[str, object] = {
        "stream": stream,
        "minutes": Minutes(START_MS, tuple(3 * each for each in people), people, (0,) * length),
        "counted_until": START + timedelta(minutes=length),
        "now": START + timedelta(minutes=length),
        "eruptions": [eruption(number, length * number / (2 * moments)) for number in range(moments)],
    }
    return Recap(**fields | changes)  # type: ignore[arg-type]


def image(picture: bytes) -> Image.Image:
    found = Image.open(BytesIO(picture))
    found.load()
    return found.convert("RGB")


def picture(of: Recap, peaks: int = 3, channel: Channel = CHANNEL) -> Image.Image:
    return image(night_picture(Night(channel, of, [with_fields(MOMENT, mood="laughter")] * peaks)))


@pytest.mark.parametrize("moments", [0, 1, 2, 5, 40])
def test_a_picture_of_any_number_of_peaks_has_the_size_that_readers_ask_for(moments: int) -> None:
    found = picture(recap(moments=moments), min(moments, PEAKS))
    assert found.size == (1200, 630)
    edge = ImageChops.difference(found.crop((0, 622, 1200, 630)), Image.new("RGB", (1200, 8), "#16141a")).getbbox()
    assert edge is None, "nothing is cut at the lower edge"


@pytest.mark.parametrize(
    "changes", [{"minutes": Minutes(START_MS)}, {"minutes": Minutes(START_MS, (0,), (0,), (60,))}, {"eruptions": []}]
)
def test_a_stream_of_which_little_is_known_has_a_picture(changes: dict[str, object]) -> None:
    assert picture(recap(**changes), 0).size == (1200, 630)


def test_the_picture_shows_who_how_often_and_when() -> None:
    plain = picture(recap())
    other = ImageChops.difference(plain, picture(recap(), channel=Channel("11", "x", "Somebody Else"))).getbbox()
    assert other is not None
    assert other[3] < 120
    more = ImageChops.difference(plain, picture(recap(moments=4))).getbbox()
    assert more is not None
    assert 110 < more[1] < 200
    with reading(Reader("de")):
        assert ImageChops.difference(plain, picture(recap())).getbbox()


@pytest.mark.parametrize("name", ["ひろゆき", "شخص ما", "👾👾", "ไทย", "עברית", "नमस्ते"])
def test_names_in_any_script_become_no_boxes(name: str) -> None:
    assert whose(Channel("11", "lunaplays", name)) == "lunaplays"
    assert all(lettering.can_draw(each) for each in whose(Channel("11", None, name)))
    emotes = [EmoteCount("7tv", "1", name.replace(" ", ""), 140, 96)]
    label, _ = peak_label(with_fields(MOMENT, mood="laughter", evidence=evidence(emotes=emotes)), 400)
    assert all(lettering.can_draw(each) for each in label)
    assert label == "Laughter"


def test_a_label_without_room_says_its_mood_whole() -> None:
    loud = with_fields(MOMENT, mood="laughter", evidence=evidence(emotes=[EmoteCount("7tv", "1", "W" * 29, 140, 96)]))
    label, face = peak_label(loud, 380)
    assert label == "Laughter"
    assert face.size == NAME_SIZE
    assert peak_name(loud.document) == f"Laughter · {'W' * 29}"


def test_letters_are_large_enough_for_a_phone() -> None:
    """A picture of 1200 px is 390 px wide there."""
    assert 390 / 1200 * lettering.font("bold", NAME_SIZE).getbbox("H")[3] > 9


def test_how_often_is_said_for_none_one_and_many() -> None:
    assert [erupted_text(recap(moments=number)) for number in (0, 1, 9)] == [
        "A stream without an eruption",
        "Chat erupted once",
        "Chat erupted 9 times",
    ]
    assert erupted_text(recap(moments=1, is_live=True)) == "Chat has erupted once so far"
    assert your_chat_text(recap(moments=9)) == "Your chat erupted 9 times"
    with reading(Reader("de")):
        assert your_chat_text(recap(moments=12)) == "Dein Chat ist 12-mal explodiert"


@given(st.integers(1, 2880), st.integers(0, 60))
def test_a_curve_of_any_length_has_few_points_and_all_of_its_moments(minutes: int, moments: int) -> None:
    of = recap(minutes, moments)
    drawn = draw_night(of)
    assert drawn is not None
    assert 1 <= drawn.width <= MOST_POINTS
    assert len(drawn.marks) == moments
    assert all(0 <= mark.x < 100 and 0 <= mark.y <= 100 for mark in drawn.marks)
    assert sorted(mark.number for mark in drawn.marks if mark.number) == list(range(1, min(moments, PEAKS) + 1))
    assert drawn.most == max(of.minutes.people)


def test_the_best_are_numbered_by_grade_then_by_people() -> None:
    same = [replace(eruption(3, 10), moment_id="few", people=5), replace(eruption(3, 5), moment_id="many", people=50)]
    assert recap(eruptions=[eruption(1), *same]).best_ids == ["many", "few", "m1"]


def test_what_happened_is_told_in_order_with_gaps() -> None:
    at = [START + timedelta(minutes=each) for each in (0, 20, 40)]
    unread = (0,) * 60 + (60,) * 5 + (0,) * 175
    found = happenings_of(
        recap(
            changes=[Change(at[0], "hi", "Chess"), Change(at[1], "hi", "Go"), Change(at[2], "ho", "Go")],
            raids=[Raid(START + timedelta(minutes=30), 250), Raid(START + timedelta(minutes=31), None)],
            minutes=Minutes(START_MS, (0,) * 240, (1,) * 240, unread),
        )
    )
    assert [each.kind for each in found] == ["game", "raid", "raid", "title", "gap"]
    assert found[1].text == "A raid of 250 viewers arrived"
    assert found[2].text == "A raid arrived"


def test_hours_say_what_was_felt() -> None:
    felt = [FeltHour((), {"hype": 0.2, "laughter": 0.7, "awe": 0.1})]
    hours = hours_of(recap(150, hours=felt, eruptions=[eruption(1, 5, None), eruption(2, 70), eruption(3, 75, None)]))
    assert len(hours) == 3
    assert hours[0].felt == "laughter 70%, hype 20%"
    assert hours[1].felt == "laughter"  # by its moment
    assert sum(each.messages for each in hours) == recap(150).messages
    assert sum(each.moments for each in hours) == 3
    assert felt_text({}, Counter()) == ""


def test_a_peak_leads_to_its_clip_or_the_recording() -> None:
    document = {"clip_from_at": START_MS + 3_600_000, "stream_started_at": START_MS}
    made: StoredMoment = replace(with_fields(MOMENT, **document), clip=MADE)
    assert peak_address(recap(), made) == MADE.url
    without = with_fields(MOMENT, **document)
    assert peak_address(recap(), without) is None
    known = recap()
    known = replace(known, stream=replace(known.stream, vod_url="https://www.twitch.tv/videos/7"))
    seconds = 3600 - round(START.timestamp() - START_MS / 1000)
    expected = f"{seconds // 3600}h{seconds // 60 % 60}m{seconds % 60}s"
    assert peak_address(known, without) == f"https://www.twitch.tv/videos/7?t={expected}"


def test_a_time_in_the_stream_is_short() -> None:
    assert [time_label(recap(), START + timedelta(minutes=each)) for each in (-5, 8, 201, 1500)] == [
        "0h00m",
        "0h08m",
        "3h21m",
        "25h00m",
    ]
