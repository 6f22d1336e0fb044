"""Recorded chat is replayed completely, in order and at the requested speed."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_simulator.crowd.replay import Replay, login_of, read_recording, recorded_channel, spread

CHANNEL = recorded_channel("kappa-108244967")
recorded = st.lists(
    st.tuples(st.integers(0, 300).map(float) | st.floats(0, 300), st.integers(1, 9), st.text(max_size=9))
)


@given(recorded)
@settings(deadline=None)
def test_spread_times_are_in_order_and_in_their_second(lines: list[tuple[float, int, str]]) -> None:
    out = list(spread(lines))
    times = [at for at, _, _ in out]
    assert times == sorted(times)
    assert sorted(int(at) for at in times) == sorted(int(at) for at, _, _ in lines)


@given(recorded, st.floats(0.5, 100), st.integers(200, 20_000))
@settings(deadline=None, max_examples=40)
def test_every_line_is_sent_once_at_its_time(lines: list[tuple[float, int, str]], speed: float, step: int) -> None:
    replay, now, sent = Replay(CHANNEL, lines, speed, lambda: True), 0, []
    while now < 300_000 / speed + 2 * step + 2000:
        now += step
        due = replay.due(now)
        assert all(message.at < now for message in due)
        sent += due
    assert replay.ended
    assert len(sent) == len(lines)
    assert all(
        message.at <= step + (line[0] + 1) * 1000 / speed for message, line in zip(sent, spread(lines), strict=True)
    )


def test_a_replay_waits_for_a_listener() -> None:
    heard = [False]
    replay = Replay(CHANNEL, [(0.0, 1, "Kappa hi")], 1.0, lambda: heard[0])
    assert replay.due(1000) == []
    heard[0] = True
    replay.due(2000)
    (message,) = replay.due(2050)
    assert (message.at, message.text.emotes) == (2000, "25:0-4")


def test_names_become_logins() -> None:
    assert login_of("kappa-108244967") == CHANNEL.login == "kappa_108244967"


def test_an_invalid_line_is_reported(tmp_path) -> None:
    path = tmp_path / "bad.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.write(json.dumps({"t": 1, "user": 2, "text": "ok"}) + '\n{"t": 3}\n')
    with pytest.raises(ValueError, match=r"bad\.jsonl\.gz, line 2"):
        read_recording(path)
