"""Where a clip lies, what is said of it, and that nobody's name or id is in it."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.support.viewer_clips_twitch import CHANNEL, HOUR, MINUTE, NOW, SECOND, found

from contracts import codec
from twitch_access.answers import FoundClip
from viewer_clips.rules.place import Place, Recording, Stream, placed
from viewer_clips.rules.telling import is_possible, repeated, title_of, told, url_of

STREAM = Stream("s1", NOW - 2 * HOUR, None)
RECORDING = Recording("v1", "s1", NOW - 2 * HOUR + 3 * SECOND)


def place(clip: FoundClip, recording: Recording | None = RECORDING, *streams: Stream) -> Place:
    return placed(clip, recording, streams or (STREAM,))


def test_a_place_is_the_recordings_second_since_the_stream_began() -> None:
    clip = found("c", NOW, video_id="v1", vod_offset=600, duration=20.5)
    start = STREAM.started_at + 600 * SECOND
    assert place(clip) == Place("s1", start, start + 20_500, "vod_offset")
    other = Stream("s0", NOW - 9 * HOUR, NOW - 5 * HOUR)
    start = NOW - 2 * HOUR + 603 * SECOND  # of a stream that nobody told: its recording's own beginning
    assert place(clip, RECORDING, other) == Place("s1", start, start + 20_500, "vod_offset")


@pytest.mark.parametrize(
    ("fields", "recording"),
    [
        pytest.param({"video_id": "v1", "vod_offset": None}, RECORDING, id="not known yet"),
        pytest.param({"video_id": "", "vod_offset": None}, None, id="no recording, or deleted"),
        pytest.param({"video_id": "v1", "vod_offset": 600}, Recording("v1", None, None), id="404"),
        pytest.param({"video_id": "v1", "vod_offset": -5}, RECORDING, id="before the beginning"),
        pytest.param({"video_id": "v1", "vod_offset": 10**9}, RECORDING, id="years after it"),
        pytest.param({"video_id": "v1", "vod_offset": 4 * 3600}, RECORDING, id="yet to come"),
    ],
)
def test_without_a_second_it_ends_when_it_was_made(fields: dict[str, Any], recording: Recording | None) -> None:
    assert place(found("c", NOW, **fields), recording) == Place("s1", NOW - 30_000, NOW, "created_at")


def test_a_clip_of_no_broadcast_has_no_stream() -> None:
    highlight = Recording("v9", None, NOW - HOUR)
    assert place(found("c", NOW, video_id="v9", vod_offset=5), highlight).stream_id is None
    over = Stream("s1", NOW - 2 * HOUR, NOW - HOUR)
    assert place(found("c", NOW), None, over).stream_id is None
    assert place(found("c", NOW - HOUR - MINUTE), None, over).stream_id == "s1"


@pytest.mark.parametrize(
    ("seconds", "length"),
    [(1.0, 1_000), (None, 30_000), (0.0, 30_000), (math.nan, 30_000), (math.inf, 30_000), (900.0, 60_000)],
)
def test_a_length_that_cannot_be_becomes_a_possible_one(seconds: float | None, length: int) -> None:
    found_place = place(found("c", NOW, duration=seconds), None)
    assert found_place.ended_at - found_place.started_at == length


@given(st.text(max_size=400), st.text(max_size=700))
def test_any_title_and_address_can_be_sent_and_read(title: str, url: str) -> None:
    clip = found("c", NOW, title=title, url="https://" + url)
    message = told(clip, place(clip), NOW, again=False)
    assert codec.decode("viewer-clips", codec.encode(message)) == message
    assert not any(ord(each) < 32 for each in message.title + message.url)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("a\u202eb\u2066c", "abc"),
        ("two\r\n lines\x00", "two lines"),
        ("\ud83d half", "half"),
        ("x" * 300, "x" * 200),
        ("😹", "😹"),
    ],
)
def test_titles_neither_turn_nor_break_the_page(title: str, shown: str) -> None:
    assert title_of(title) == shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", "https://x/\n", "https://" + "x" * 600])
def test_no_other_address_is_told(url: str) -> None:
    assert url_of(url) == ""


def test_who_made_it_is_not_in_the_message() -> None:
    clip = found("c", NOW, creator_id="777001", video_id="v1", vod_offset=3)
    assert b"777001" not in codec.encode(told(clip, place(clip), NOW, again=True))


def test_a_second_clip_of_the_same_person_and_place_is_one_more_of_nobody() -> None:
    clips = {
        each.id: each
        for each in (
            found("first", NOW, creator_id="a"),
            found("second", NOW + 10 * SECOND, creator_id="a"),
            found("close by", NOW + 50 * SECOND, creator_id="a"),  # they do not meet, and are one place of the score
            found("elsewhere", NOW + 5 * MINUTE, creator_id="a"),
            found("another's", NOW + 12 * SECOND, creator_id="b"),
            found("unknown", NOW, creator_id=""),
            found("unknown too", NOW, creator_id=""),
        )
    }
    places = {each: place(clip, None) for each, clip in clips.items()}
    assert repeated(clips, places) == {"second", "close by"}


@pytest.mark.parametrize("odd", [{"broadcaster_id": "1"}, {"video_id": "v" * 300}, {"video_id": "v\n"}])
def test_impossible_clips_are_left_out(odd: dict[str, Any]) -> None:
    assert is_possible(found("c", NOW), CHANNEL)
    assert not is_possible(found("c", NOW, **odd), CHANNEL)
