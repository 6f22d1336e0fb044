"""Streams end, return and change their game: equal for equal seeds and times, and never all at once."""

from pathlib import Path

from twitch_simulator.delivery.stream_changes import AWAY_MS, NEVER_END
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.twitch import Twitch, build

START = 1_795_369_181_000
HISTORY = list[tuple[int, str, bool, str, str]]


def play(folder: Path, minutes: int, per_minute: float = 4.0, step_seconds: int = 5) -> tuple[Twitch, HISTORY]:
    """Return a simulated Twitch after some minutes, and (second, login, live, game id, title) of each change."""
    now = [START]
    settings = SimulatorSettings(
        truth_file=folder, channels=12, messages_per_second=0, always_live=True, stream_changes_per_minute=per_minute
    )
    twitch = build(settings, machine=lambda: now[0])
    history: HISTORY = []
    before: dict[str, tuple[bool, str, str]] = {}
    for second in range(0, minutes * 60 + 1, step_seconds):
        now[0] = START + second * 1000
        twitch.stream_changes.due(now[0])
        for channel in twitch.directory.channels:
            stream = twitch.directory.stream(channel)
            state = (True, stream.game_id, stream.title) if stream else (False, "", "")
            if before.setdefault(channel.login, state) != state:
                history.append((second, channel.login, *state))
            before[channel.login] = state
    return twitch, history


def test_equal_seeds_and_times_give_equal_changes(tmp_path: Path) -> None:
    _, first = play(tmp_path / "a", 20)
    _, again = play(tmp_path / "b", 20, step_seconds=5)
    assert first == again
    assert len(first) > 30


def test_a_stream_ends_for_a_while_and_returns_as_another_one_while_the_largest_stay(tmp_path: Path) -> None:
    twitch, history = play(tmp_path, 30)
    ends = [(second, login) for second, login, live, _, _ in history if not live]
    assert ends
    assert not {login for _, login in ends} & {each.login for each in twitch.directory.channels[:NEVER_END]}
    second, login = ends[0]
    back = next(at for at, each, live, _, _ in history if each == login and live and at > second)
    assert AWAY_MS[0] / 1000 - 5 <= back - second <= AWAY_MS[1] / 1000 + 10
    running = twitch.directory.broadcast(twitch.directory.by_login[login])
    assert running is None or running.started_at > START


def test_an_end_is_a_raid_elsewhere(tmp_path: Path) -> None:
    twitch, history = play(tmp_path, 30)
    ends = [second for second, _, live, _, _ in history if not live]
    raids = twitch.truth.read("plays")
    assert {each["kind"] for each in raids} == {"raid"}
    assert len(raids) >= len(ends)


def test_a_changed_game_has_a_title_of_its_own(tmp_path: Path) -> None:
    twitch, history = play(tmp_path, 30)
    planned = {each.login: each for each in twitch.directory.channels}
    changed = [each for each in history if each[2] and each[3] != planned[each[1]].game_id]
    assert len(changed) > 10
    assert sum(title != planned[login].title for _, login, _, _, title in changed) > 0.7 * len(changed)


def test_without_the_setting_nothing_changes(tmp_path: Path) -> None:
    assert play(tmp_path, 30, per_minute=0)[1] == []
