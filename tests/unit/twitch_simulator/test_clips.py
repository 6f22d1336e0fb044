"""Clips appear after a delay or never, and are read back after a restart."""

import pytest

from clip_creator.settings import ClipSettings
from twitch_simulator.clock import WorldClock
from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.directory import Directory, StreamChange
from twitch_simulator.faults import RESTRICTED, EndpointFault, Faults, Refusal
from twitch_simulator.helix.clips import LATE_SECONDS, Clips
from twitch_simulator.truth import Truth
from twitch_simulator.twitch import refusing_channels

CREATOR = ("1", "scout")


class Shop:
    """Clips of two live channels on a clock that tests set."""

    def __init__(self, folder) -> None:
        self.now = 1_795_369_181_000
        self.faults = Faults()
        self.directory = Directory(plan_channels(1, 2, True), WorldClock(self.now), lambda: self.now)
        self.truth = Truth(folder)
        self.clips = self.open()
        self.channel = self.directory.channels[0]

    def open(self, late_every: int = 0) -> Clips:
        return Clips(
            directory=self.directory,
            truth=self.truth,
            faults=self.faults,
            clock=lambda: self.now,
            base=lambda: "http://sim",
            delay_seconds=5.0,
            late_every=late_every,
        )

    def make(self):
        stream = self.directory.stream(self.channel)
        assert stream
        return self.clips.make(stream, CREATOR, "wow", 20.0)


@pytest.fixture
def shop(tmp_path) -> Shop:
    return Shop(tmp_path)


def test_a_clip_appears_after_the_delay(shop: Shop) -> None:
    clip = shop.make()
    assert shop.truth.read("clips")[0]["clip_id"] == clip.clip_id
    shop.now += 4_999
    assert shop.clips.find([clip.clip_id]) == []
    shop.now += 1
    (shown,) = [shop.clips.shown(each) for each in shop.clips.find([clip.clip_id])]
    assert set(shown) == {
        "id", "url", "embed_url", "broadcaster_id", "broadcaster_name", "creator_id", "creator_name", "video_id",
        "game_id", "language", "title", "view_count", "created_at", "thumbnail_url", "duration", "vod_offset",
        "is_featured",
    }  # fmt: skip
    assert (shown["title"], shown["duration"]) == ("wow", 20.0)
    assert shown["embed_url"] == f"http://sim/embed?clip={clip.clip_id}"


def test_a_lost_clip_never_appears(shop: Shop) -> None:
    shop.faults.set_never_appear(1)
    lost, found = shop.make(), shop.make()
    shop.now += 10**9
    assert shop.clips.of_channel(shop.channel.channel_id, 0, float("inf")) == [found]
    again = shop.open()
    assert [clip.clip_id for clip in again.find([lost.clip_id, found.clip_id])] == [found.clip_id]


def test_every_nth_clip_is_late_but_comes_while_it_is_awaited(shop: Shop) -> None:
    shop.clips = shop.open(late_every=3)
    made = [shop.make() for _ in range(6)]
    shop.now += 5_000
    found = [clip.clip_id in {each.clip_id for each in shop.clips.find([clip.clip_id])} for clip in made]
    assert found == [True, True, False, True, True, False]
    shop.now += int(LATE_SECONDS[0] * 1000) - 1
    assert shop.clips.find([made[2].clip_id]) == []
    shop.now += int((LATE_SECONDS[1] - LATE_SECONDS[0]) * 1000) + 1
    assert shop.clips.find([made[2].clip_id]) == [made[2]]
    assert LATE_SECONDS[1] + 30 < ClipSettings.model_fields["confirm_seconds"].default


def test_a_channel_that_allows_no_clips_refuses_each(shop: Shop) -> None:
    shop.faults.refuse_always(["7"])
    answers = [shop.faults.next_refusal("7") for _ in range(500)]
    assert {(each.status, each.message) for each in answers if each} == {(403, RESTRICTED)}
    assert None not in answers
    assert shop.faults.next_refusal("8") is None


def test_every_nth_channel_refuses_but_none_of_the_largest() -> None:
    channels = plan_channels(1, 20)
    assert refusing_channels(channels, 0) == []
    assert refusing_channels(channels, 6) == [channels[rank].channel_id for rank in (4, 10, 16)]


def test_clips_are_found_by_creation_time(shop: Shop) -> None:
    first = shop.make()
    shop.now += 60_000
    second = shop.make()
    shop.now += 60_000
    span = (second.created_at - 10, second.created_at + 10)
    assert shop.clips.of_channel(shop.channel.channel_id, *span) == [second]
    assert shop.clips.of_channel(shop.channel.channel_id, first.created_at, second.created_at) == [first]
    assert shop.clips.of_channel(shop.directory.channels[1].channel_id, 0, float("inf")) == []


def test_a_channel_that_returns_has_another_stream(shop: Shop) -> None:
    before = shop.directory.stream(shop.channel)
    assert before
    assert shop.directory.change(shop.channel, StreamChange(live=True)) == before.broadcast
    shop.directory.change(shop.channel, StreamChange(live=False))
    assert shop.directory.stream(shop.channel) is None
    shop.now += 5_000
    shop.directory.change(shop.channel, StreamChange(live=True, title="back again"))
    after = shop.directory.stream(shop.channel)
    assert after
    assert after.broadcast.stream_id != before.broadcast.stream_id
    assert (after.broadcast.started_at, after.title) == (shop.now, "back again")


def test_faults_count_down_for_their_endpoint_only() -> None:
    faults = Faults(refusals=[Refusal("7", 403, "no", 1)], endpoints=[EndpointFault("POST clips", 500, 2)])
    assert faults.next_refusal("8") is None
    assert faults.next_refusal("7") is not None
    assert faults.next_refusal("7") is None
    assert faults.next_endpoint_fault("GET", "/helix/clips") is None
    assert faults.next_endpoint_fault("POST", "/helix/clips") is not None
    assert EndpointFault("/oauth2/token", 503, 1).matches("POST", "/oauth2/token")
