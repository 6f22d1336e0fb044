"""Where a moment is in a stream's recording, and clips that are asked of one."""

from datetime import UTC, datetime, timedelta

import pytest
from unit.support.helix_client import helix
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from twitch_access.answers import Video
from twitch_access.errors import Refused, Unavailable
from twitch_access.recorded import NotRecordedError, Stretch, length_seconds, recording_of, stretch_of

START = datetime(2026, 11, 1, 20, tzinfo=UTC)
START_MS = round(START.timestamp() * 1000)


def video(number: int = 1, stream_id: str | None = "s1", duration: str = "1h0m0s", hours: int = 0) -> Video:
    created_at = START + timedelta(hours=hours)
    return Video(str(number), "11", "https://t/1", created_at, stream_id=stream_id, duration=duration)


@pytest.mark.parametrize(
    ("text", "seconds"), [("3h8m33s", 11_313), ("59s", 59), ("1d1h", 90_000), ("", 0), ("soon", 0), ("-5s", 0)]
)
def test_lengths_are_read(text: str, seconds: int) -> None:
    assert length_seconds(text) == seconds


def test_a_recording_is_found_by_its_stream_or_its_time() -> None:
    videos = [video(2, "s2", hours=3), video(1)]
    assert recording_of(videos, "s1", 0) == videos[1]
    assert recording_of(videos, "s9", START_MS + 1000) is None  # a stream of another id
    assert recording_of(videos, None, START_MS + 1000) == videos[1]
    assert recording_of(videos, None, START_MS + 7_200_000) is None  # between the two


def test_the_offset_is_the_clips_end() -> None:
    assert stretch_of(video(), START_MS, START_MS + 100_000, START_MS + 128_500) == Stretch("1", 129, 29.0)


@pytest.mark.parametrize(
    ("from_s", "until_s", "expected"),
    [
        (-10, 20, Stretch("1", 20, 20.0)),  # it began before the recording
        (3590, 3620, Stretch("1", 3600, 10.0)),  # it ends after it
        (100, 200, Stretch("1", 200, 60.0)),  # no clip is longer
    ],
)
def test_it_is_cut_to_what_can_be_clipped(from_s: int, until_s: int, expected: Stretch) -> None:
    assert stretch_of(video(), START_MS, START_MS + from_s * 1000, START_MS + until_s * 1000) == expected


@pytest.mark.parametrize(("from_s", "until_s"), [(-60, 3), (3597, 3700), (4000, 4030)])
def test_what_is_not_in_it_is_refused(from_s: int, until_s: int) -> None:
    with pytest.raises(NotRecordedError):
        stretch_of(video(), START_MS, START_MS + from_s * 1000, START_MS + until_s * 1000)


WANTED = {
    "broadcaster_id": "11",
    "editor_id": "12",
    "vod_id": "v",
    "ends_at": 129,
    "duration_seconds": 29.0,
    "title": "x",
}


def test_a_clip_from_a_recording_is_asked_for_once(twitch: ScriptedTwitch) -> None:
    twitch.answer(Reply(status=202, body={"data": [{"id": "C1", "edit_url": ""}]}))
    assert helix(twitch).create_clip_from_vod(**WANTED).id == "C1"
    (sent,) = twitch.requests
    assert dict(sent.params) == {
        "broadcaster_id": "11", "editor_id": "12", "vod_id": "v", "vod_offset": "129", "duration": "29.0", "title": "x",
    }  # fmt: skip
    twitch.answer(Reply(status=503))
    with pytest.raises(Unavailable) as failed:
        helix(twitch).create_clip_from_vod(**WANTED)
    assert failed.value.reached
    twitch.answer(Reply(status=404, body={"message": "VOD not found"}))
    with pytest.raises(Refused):
        helix(twitch).create_clip_from_vod(**WANTED)
    assert len(twitch.requests) == 3


def test_files_are_asked_for_ten_at_a_time(twitch: ScriptedTwitch) -> None:
    rows = [{"clip_id": "A", "landscape_download_url": "https://d/A.mp4", "portrait_download_url": None}]
    twitch.answer(Reply(body={"data": rows}))
    (found,) = helix(twitch).get_clip_files("11", "12", [str(each) for each in range(12)])
    assert (found.landscape_download_url, found.portrait_download_url) == ("https://d/A.mp4", "")
    assert [name for name, _ in twitch.requests[0].params].count("clip_id") == 10
