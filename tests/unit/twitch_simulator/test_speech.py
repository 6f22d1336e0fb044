"""The heartbeat: the same chat for the same seed and time, and no old messages after a pause."""

from pathlib import Path

from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.delivery.speech import MAX_BEHIND_MS, Speech
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.twitch import build

BEAT_MS = 50


def speech_at(folder: Path, now: list[int], bursts_per_minute: float = 0) -> Speech:
    """A Speech whose machine clock reads `now[0]`."""
    settings = SimulatorSettings(
        truth_file=folder, channels=5, messages_per_second=200, bursts_per_minute=bursts_per_minute, always_live=True
    )
    twitch = build(settings, machine=lambda: now[0])
    return twitch.speech


def seen(messages: list[PlannedMessage]) -> list[tuple[int, str, str, str]]:
    return [(each.at, each.channel.login, each.chatter.login, each.text.text) for each in messages]


def test_beats_add_up_to_the_same_chat_however_they_are_cut(tmp_path: Path) -> None:
    start = 1_795_369_181_000
    small_now, large_now = [start], [start]
    small, large = speech_at(tmp_path / "a", small_now), speech_at(tmp_path / "b", large_now)
    in_small: list[PlannedMessage] = []
    for at in range(start, start + 2001, BEAT_MS):
        small_now[0] = at
        in_small += small.due(at)
    large_now[0] = start + 2000
    in_large = large.due(start + 2000)
    assert seen(in_small) == seen(in_large)
    assert 250 < len(in_large) < 550


def test_after_a_pause_nothing_old_is_said(tmp_path: Path) -> None:
    now = [1_795_369_181_000]
    speech = speech_at(tmp_path, now, bursts_per_minute=60)
    now[0] += 3_000
    assert speech.due(now[0])
    assert speech.bursts_started > 0
    now[0] += 10 * MAX_BEHIND_MS
    said = speech.due(now[0])
    assert said
    assert min(message.at for message in said) >= now[0] - BEAT_MS


def test_a_clock_that_is_set_back_says_nothing_twice(tmp_path: Path) -> None:
    now = [1_795_369_181_000]
    speech = speech_at(tmp_path, now)
    now[0] += 1_000
    assert speech.due(now[0])
    now[0] -= 800
    assert speech.due(now[0]) == []
