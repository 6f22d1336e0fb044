"""What simulated viewers clip: several of a burst or nobody, late, and at times nothing; the truth says which."""

from pathlib import Path
from random import Random

import pytest

from twitch_simulator.clock import WorldClock
from twitch_simulator.crowd.bursts import random_burst
from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.chatters import make_crowd
from twitch_simulator.crowd.clippers import DELAY_SECONDS, PlannedClip, plan_clips
from twitch_simulator.crowd.directory import Directory
from twitch_simulator.faults import Faults
from twitch_simulator.helix.archives import Archives
from twitch_simulator.helix.clips import Clips
from twitch_simulator.helix.viewer_clips import ViewerClips
from twitch_simulator.truth import Truth

NOW = 1_795_369_181_500
CROWD = make_crowd(1)


def planned(seed: int) -> list[PlannedClip]:
    (channel,) = plan_channels(1, 1, True)
    rng = Random(seed)
    return plan_clips(rng, random_burst(rng, channel, 20.0, NOW), CROWD, 3.0)


def test_bursts_are_clipped_by_some_missed_by_others_and_joked_about() -> None:
    plans = [planned(seed) for seed in range(300)]
    genuine = [[clip for clip in plan if not clip.joke] for plan in plans]
    assert 0.15 < sum(not plan for plan in genuine) / 300 < 0.35
    assert sum(len({clip.viewer.user_id for clip in plan}) > 1 for plan in genuine) > 100
    assert any(len(plan) > len({clip.viewer.user_id for clip in plan}) for plan in genuine)  # twice by the same
    assert 0.1 < sum(clip.joke for plan in plans for clip in plan) / 300 < 0.3
    for plan in plans:
        assert [clip.at for clip in plan] == sorted(clip.at for clip in plan)
        for clip in plan:
            assert clip.until_at - clip.from_at <= 60_000
            assert clip.at >= clip.until_at + (0 if clip.joke else DELAY_SECONDS[0] * 1000)


class Shop:
    """Viewers' clips of a live channel on a clock that tests set."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.directory = Directory(plan_channels(1, 2, True), WorldClock(NOW), lambda: self.now)
        self.truth = Truth(folder)
        self.open()

    def open(self) -> None:
        clock = lambda: self.now  # noqa: E731
        archives = Archives(self.directory, clock)
        self.clips = Clips(
            directory=self.directory, truth=self.truth, faults=Faults(), clock=clock, base=lambda: "http://sim",
            delay_seconds=5.0, vod_offset_seconds=60.0,
        )  # fmt: skip
        self.viewers = ViewerClips(clips=self.clips, archives=archives, truth=self.truth, clock=clock)

    def make(self) -> dict[str, object]:
        stream = self.directory.stream(self.directory.channels[0])
        assert stream
        return self.viewers.make(stream, CROWD[0], shown=(NOW - 30_000, NOW), title="wow")

    def shown(self, clip_id: object) -> dict[str, object] | None:
        found = [self.clips.shown(clip) for clip in self.clips.find([str(clip_id)])]
        return found[0] if found else None


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_clip_appears_late_and_its_place_later(shop: Shop) -> None:
    row = shop.make()
    assert shop.truth.read("viewer_clips") == [row]
    assert shop.shown(row["clip_id"]) is None
    shop.now += 6_000
    shown = shop.shown(row["clip_id"])
    assert shown is not None
    assert (shown["creator_id"], shown["vod_offset"], shown["video_id"]) == (CROWD[0].user_id, None, row["video_id"])
    shop.now += 60_000
    shown = shop.shown(row["clip_id"])
    assert shown is not None
    assert (shown["vod_offset"], shown["duration"]) == (row["vod_offset"], 30.0)


def test_what_is_deleted_is_not_shown_any_more(shop: Shop) -> None:
    row = shop.make()
    shop.now += 70_000
    assert shop.viewers.delete_recording(str(row["video_id"]))
    shown = shop.shown(row["clip_id"])
    assert shown is not None
    assert (shown["video_id"], shown["vod_offset"]) == ("", None)
    assert shop.viewers.delete(str(row["clip_id"]))
    assert shop.shown(row["clip_id"]) is None


def test_clips_of_an_earlier_run_are_still_there(shop: Shop) -> None:
    row = shop.make()
    shop.now += 70_000
    before = shop.shown(row["clip_id"])
    shop.open()
    after = shop.shown(row["clip_id"])
    assert after == (before or {}) | {"game_id": (after or {})["game_id"]}
