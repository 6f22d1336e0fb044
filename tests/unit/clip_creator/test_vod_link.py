from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clip_creator.requests.recordings import Place, recording
from clip_creator.requests.vod_link import link, vod_url
from twitch_access.answers import Video, milliseconds

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VIDEO = Video(id="9", user_id="1", url="https://www.twitch.tv/videos/9", created_at=STARTED, stream_id="s1")
STARTED_MS = milliseconds(STARTED)


def linked(
    videos: list[Video], at: int, stream_id: str | None = None, stream_started_at: int | None = None
) -> str | None:
    place = Place("1", at, stream_id, stream_started_at)
    return vod_url(recording(videos, stream_id, at), place)


@pytest.mark.parametrize(("seconds", "time"), [(0, "0h0m0s"), (-9, "0h0m0s"), (3723, "1h2m3s"), (100_000, "27h46m40s")])
def test_a_link_has_hours_minutes_and_seconds(seconds: int, time: str):
    assert link(VIDEO.url, seconds) == f"https://www.twitch.tv/videos/9?t={time}"


@given(st.integers(0, 10**6))
def test_a_link_is_exact_to_the_second(seconds: int):
    hours, rest = link(VIDEO.url, seconds).split("?t=")[1].split("h")
    minutes, rest = rest.split("m")
    assert int(hours) * 3600 + int(minutes) * 60 + int(rest.rstrip("s")) == seconds


def test_the_link_starts_before_the_chat_reaction():
    assert linked([VIDEO], STARTED_MS + 125_000, "s1", STARTED_MS) == f"{VIDEO.url}?t=0h1m40s"


def test_another_streams_recording_is_not_linked():
    assert linked([VIDEO], STARTED_MS + 60_000, "s2", STARTED_MS) is None


def test_without_a_stream_id_the_time_finds_the_recording():
    older = Video(id="8", user_id="1", url="older", created_at=STARTED - timedelta(days=1))
    later = Video(id="10", user_id="1", url="later", created_at=STARTED + timedelta(days=1))
    assert linked([later, older, VIDEO], STARTED_MS + 85_000) == f"{VIDEO.url}?t=0h1m0s"
    assert linked([VIDEO], STARTED_MS - 1) is None
    assert linked([VIDEO], STARTED_MS + 49 * 3_600_000) is None
