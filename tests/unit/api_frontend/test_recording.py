"""The recording is entered at the clip's start, before the crowd's reaction."""

import re

from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.recording import Recording, address_at, clock_text, recording

from .examples import MOMENT, PEAK_MS, with_clip, with_fields

VOD = "https://www.twitch.tv/videos/335921245?t=0h59m38s"
STARTED_AT = PEAK_MS - (2 * 3600 + 13 * 60 + 7 + 25) * 1000


def test_the_time_is_the_clips_start_and_not_the_reaction() -> None:
    late = with_clip("too_late", vod_url=VOD)
    late = with_fields(late, stream_started_at=STARTED_AT, clip_from_at=PEAK_MS - 25_000)
    expected = Recording("Recording at 2:13:07", "https://www.twitch.tv/videos/335921245?t=2h13m7s")
    assert recording(late) == expected


def test_without_a_recording_the_time_in_the_stream_is_told() -> None:
    moment = with_fields(MOMENT, stream_started_at=STARTED_AT, clip_from_at=PEAK_MS - 25_000)
    assert recording(moment) == Recording("2:13:07 into the stream", None)


def test_without_a_clip_range_it_begins_before_the_crossing() -> None:
    moment = with_fields(MOMENT, stream_started_at=PEAK_MS - 127_000, clip_from_at=None)
    assert recording(moment) == Recording("0:01:40 into the stream", None)  # crossed 2 s before the peak


def test_without_the_streams_start_the_recordings_own_time_stays() -> None:
    late = with_fields(with_clip("too_late", vod_url=VOD), stream_started_at=None)
    assert recording(late) == Recording("Watch the recording", VOD)
    assert recording(with_fields(MOMENT, stream_started_at=None)) is None


def test_a_moment_at_the_very_start_is_not_before_it() -> None:
    moment = with_fields(MOMENT, stream_started_at=PEAK_MS, clip_from_at=PEAK_MS - 25_000)
    assert recording(moment) == Recording("0:00:00 into the stream", None)


@given(st.integers(0, 10**6))
def test_texts_and_addresses_mean_the_same_second(seconds: int) -> None:
    hours, minutes, rest = (int(part) for part in clock_text(seconds).split(":"))
    assert 3600 * hours + 60 * minutes + rest == seconds
    found = re.fullmatch(
        r"https://twitch\.tv/v/1\?t=(\d+)h(\d+)m(\d+)s", address_at("https://twitch.tv/v/1?t=5s", seconds)
    )
    assert found is not None
    assert (int(found[1]), int(found[2]), int(found[3])) == (hours, minutes, rest)
