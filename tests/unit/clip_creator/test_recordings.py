"""The recording of a stream is looked up once, and never at the cost of clips."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from unit.clip_creator.steps import INTENT, StepWorld
from unit.support import odd_answers
from unit.support.scripted_twitch import Reply, ScriptedTwitch, twitch

import contracts
from clip_creator.requests.recordings import FOUND_SECONDS, KEPT_STREAMS, MISSED_SECONDS, Place, Recordings
from clip_creator.requests.vod_link import VodLink
from contracts import codec
from contracts.moments import Moment
from twitch_access.answers import Video, milliseconds
from twitch_access.errors import RateLimited

__all__ = ["twitch"]
BURST: Moment = codec.decode("moments", (Path(contracts.__file__).parent / "examples/moments/peaked.json").read_bytes())
STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VIDEO = Video(id="9", user_id="1", url="https://www.twitch.tv/videos/9", created_at=STARTED, stream_id="s1")
PLACE = Place("1", milliseconds(STARTED) + 60_000, "s1", milliseconds(STARTED))


class Archive:
    """Helix, as far as recordings go, and the time."""

    def __init__(self, *videos: Video) -> None:
        self.videos = list(videos)
        self.asked: list[str] = []
        self.time = 1_000_000.0

    def get_archives(self, channel_id: str) -> list[Video]:
        self.asked.append(channel_id)
        return list(self.videos)

    def recordings(self, points: int = 20) -> Recordings:
        return Recordings(self, points, lambda: self.time)  # type: ignore[arg-type]


def test_a_stream_is_looked_up_once() -> None:
    archive = Archive(VIDEO)
    recordings = archive.recordings()
    assert recordings.known(PLACE) is None
    for second in range(50):
        assert recordings.find(replace(PLACE, at=PLACE.at + second * 1000)) == VIDEO
    assert archive.asked == ["1"]
    assert recordings.known(PLACE) == VIDEO
    archive.time += FOUND_SECONDS
    assert recordings.known(PLACE) is None
    assert recordings.find(PLACE) == VIDEO
    assert archive.asked == ["1", "1"]


def test_a_recording_that_is_missing_is_looked_for_again_after_a_while() -> None:
    archive = Archive(VIDEO)
    recordings = archive.recordings()
    assert recordings.find(PLACE) == VIDEO
    assert recordings.find(replace(PLACE, stream_id="s2")) is None
    later = VIDEO.created_at + timedelta(hours=8)
    following = Video(id="10", user_id="1", url="https://www.twitch.tv/videos/10", created_at=later, stream_id="s2")
    archive.videos.append(following)
    assert recordings.find(replace(PLACE, stream_id="s2")) is None
    assert archive.asked == ["1", "1"]
    archive.time += MISSED_SECONDS
    assert recordings.find(replace(PLACE, stream_id="s2")) == following


def test_a_channel_that_keeps_no_recordings_is_not_asked_for_each_moment() -> None:
    archive = Archive()
    recordings = archive.recordings()
    assert [recordings.find(PLACE) for _ in range(50)] == [None] * 50
    assert archive.asked == ["1"]


def test_no_more_is_asked_in_a_minute_than_its_share() -> None:
    archive = Archive(VIDEO)
    recordings = archive.recordings(points=3)
    for number in range(3):
        recordings.find(replace(PLACE, channel_id=str(number)))
    with pytest.raises(RateLimited):
        recordings.find(replace(PLACE, channel_id="3"))
    assert recordings.find(replace(PLACE, channel_id="0")) == VIDEO  # what is known costs nothing
    archive.time += 60
    assert recordings.find(replace(PLACE, channel_id="3")) == VIDEO
    assert len(archive.asked) == 4


def test_only_so_many_channels_are_kept() -> None:
    archive = Archive(VIDEO)
    recordings = archive.recordings(points=KEPT_STREAMS + 1)
    for number in range(KEPT_STREAMS + 1):
        recordings.find(replace(PLACE, channel_id=str(number)))
    assert recordings.known(replace(PLACE, channel_id="0")) is None
    assert recordings.known(replace(PLACE, channel_id="1")) == VIDEO


def test_a_young_streams_recording_is_looked_for_twice(twitch: ScriptedTwitch) -> None:
    """Twitch may list it a while after the stream began."""
    twitch.answer(Reply(body={"data": []}), Reply(body={"data": [odd_answers.VIDEO | {"stream_id": "s1"}]}))
    world = StepWorld(twitch.url)
    skipped = msgspec.structs.replace(INTENT, status="skipped", revision_number=2, reason="budget")
    world.latest_clips.apply(skipped)
    started_at = BURST.peak_at - 60_000
    step = VodLink(world.context, skipped, msgspec.structs.replace(BURST, stream_id="s1", stream_started_at=started_at))
    assert step() == world.seconds() + MISSED_SECONDS
    assert world.written == []
    world.time += round(MISSED_SECONDS * 1000)
    assert step() is None
    (linked,) = world.written
    assert (linked.status, linked.reason) == ("skipped", "budget")
    assert linked.vod_url == "https://www.twitch.tv/videos/335921245?t=0h0m35s"
