"""The same chat for the same seed and time, and no old messages after a pause."""

from pathlib import Path

from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.delivery.chat_schedule import MAX_BEHIND_MS, ChatSchedule
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.twitch import build

STEP_MS = 50


def schedule_at(folder: Path, now: list[int], bursts_per_minute: float = 0) -> ChatSchedule:
    """Return a schedule whose machine clock reads `now[0]`."""
    settings = SimulatorSettings(
        truth_file=folder, channels=5, messages_per_second=200, bursts_per_minute=bursts_per_minute, always_live=True
    )
    twitch = build(settings, machine=lambda: now[0])
    return twitch.chat_schedule


def described(messages: list[PlannedMessage]) -> list[tuple[int, str, str, str]]:
    return [(each.at, each.channel.login, each.chatter.login, each.text.text) for each in messages]


def test_the_chat_does_not_depend_on_the_call_times(tmp_path: Path) -> None:
    start = 1_795_369_181_000
    small_now, large_now = [start], [start]
    small, large = schedule_at(tmp_path / "a", small_now), schedule_at(tmp_path / "b", large_now)
    in_small: list[PlannedMessage] = []
    for at in range(start, start + 2001, STEP_MS):
        small_now[0] = at
        in_small += small.due(at)
    large_now[0] = start + 2000
    in_large = large.due(start + 2000)
    assert described(in_small) == described(in_large)
    assert 250 < len(in_large) < 550


def test_after_a_pause_nothing_old_is_sent(tmp_path: Path) -> None:
    now = [1_795_369_181_000]
    chat_schedule = schedule_at(tmp_path, now, bursts_per_minute=60)
    now[0] += 3_000
    assert chat_schedule.due(now[0])
    assert chat_schedule.bursts_started > 0
    now[0] += 10 * MAX_BEHIND_MS
    due = chat_schedule.due(now[0])
    assert due
    assert min(message.at for message in due) >= now[0] - STEP_MS


def test_a_clock_set_back_repeats_nothing(tmp_path: Path) -> None:
    now = [1_795_369_181_000]
    chat_schedule = schedule_at(tmp_path, now)
    now[0] += 1_000
    assert chat_schedule.due(now[0])
    now[0] -= 800
    assert chat_schedule.due(now[0]) == []
