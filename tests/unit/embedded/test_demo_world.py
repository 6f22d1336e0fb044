"""The demo's world: what a visitor meets within its first ten minutes, whenever it is started."""

from pathlib import Path

import pytest

from embedded.demo import SIMULATION
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.twitch import Twitch, build, refusing_channels

FIRST_START = 1_795_369_181_000
STARTS = [FIRST_START + number * 8_113_000 for number in range(8)]  # over half a day
STEP_MS = 1000


class Visit:
    """Ten minutes of the demo's simulator from a time on, without its servers and its ordinary chat."""

    def __init__(self, folder: Path, start: int) -> None:
        self.now = self.start = start
        settings = SimulatorSettings(**{**SIMULATION, "messages_per_second": 0, "truth_file": folder})
        self.twitch: Twitch = build(settings, machine=lambda: self.now)
        refusing = refusing_channels(self.twitch.directory.channels, settings.refusing_channels_every)
        self.refusing, self.ends = set(refusing), 0
        self.games: dict[str, set[str]] = {}
        live: set[str] = set()
        for _ in range(600):
            self.now += STEP_MS
            self.twitch.play_runner.due(self.now)
            self.twitch.stream_changes.due(self.now)
            self.twitch.play_runner.start_due(settings.seed, settings.plays_per_minute, self.now - STEP_MS, self.now)
            self.twitch.chat_schedule.due(self.now)
            streams = self.twitch.directory.streams()
            here = {stream.channel.login for stream in streams}
            self.ends, live = self.ends + len(live - here), here
            for stream in streams:
                self.games.setdefault(stream.channel.login, set()).add(stream.game_id)
        self.bursts = self.twitch.truth.read("bursts")
        self.plays = self.twitch.truth.read("plays")


@pytest.mark.parametrize("start", STARTS)
def test_within_ten_minutes_a_visitor_meets_what_occurs_on_twitch(start: int, tmp_path: Path) -> None:
    visit = Visit(tmp_path, start)
    refused = [burst for burst in visit.bursts if burst["channel_id"] in visit.refusing]
    assert 1 <= len(refused) < 0.5 * len(visit.bursts)
    early = [burst for burst in visit.bursts if burst["starts_at"] < start + 75_000 and burst not in refused]
    assert early  # the first clip comes within two minutes
    assert len({burst["mood"] for burst in visit.bursts}) >= 4
    assert visit.ends >= 1
    assert any(len(games) > 1 for games in visit.games.values())
    assert "raid" in {play["kind"] for play in visit.plays}
    assert {"gifts", "vote", "giveaway"} & {play["kind"] for play in visit.plays}
    assert len(visit.bursts) - len(refused) >= 2 * SIMULATION["late_clips_every"]


def test_the_largest_channels_speak_many_languages_and_play_many_games(tmp_path: Path) -> None:
    settings = SimulatorSettings(**{**SIMULATION, "truth_file": tmp_path})
    largest = build(settings).directory.channels[:17]
    assert {each.language for each in largest} >= {"en", "de", "es", "pt", "fr", "ja"}
    assert len({each.game_id for each in largest}) >= 10
    assert any(not each.display_name.isascii() for each in largest)
    assert largest[0].viewers > 5 * largest[9].viewers
