"""The usual chat has the requested rate and is in order of time."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_simulator.crowd.channels import LANGUAGES, plan_channels
from twitch_simulator.crowd.chat import plan_chat, poisson, shares_at
from twitch_simulator.crowd.chatters import make_crowd
from twitch_simulator.crowd.texts import make_pool

NOW = 1_795_369_181_000
CHANNELS = plan_channels(1, 40, always_live=True)
CROWD = make_crowd(1)
POOLS = {language: make_pool(1, language, 300) for language in set(LANGUAGES)}
SHARES = shares_at(CHANNELS, NOW)


@given(st.integers(0, 2**32), st.floats(0, 2000), st.integers(1, 5000))
@settings(deadline=None)
def test_times_are_in_order_and_in_the_window(seed: int, rate: float, length: int) -> None:
    planned = plan_chat(Random(seed), SHARES, rate, (NOW, NOW + length), CROWD, POOLS)
    times = [message.at for message in planned]
    assert times == sorted(times)
    assert all(NOW <= at < NOW + length for at in times)
    again = plan_chat(Random(seed), SHARES, rate, (NOW, NOW + length), CROWD, POOLS)
    assert [(m.at, m.channel, m.chatter, m.text) for m in planned] == [
        (m.at, m.channel, m.chatter, m.text) for m in again
    ]


@given(st.integers(0, 2**32), st.floats(1, 3000))
@settings(deadline=None, max_examples=40)
def test_the_total_rate_is_the_requested_one(seed: int, rate: float) -> None:
    rng = Random(seed)
    windows = [(NOW + beat * 50, NOW + beat * 50 + 50) for beat in range(400)]
    total = sum(len(plan_chat(rng, SHARES, rate, window, CROWD, POOLS)) for window in windows)
    assert total == pytest.approx(rate * 20, abs=6 * (rate * 20) ** 0.5 + 3)


@given(st.integers(0, 2**32), st.floats(0, 200))
@settings(deadline=None)
def test_a_poisson_draw_is_a_count(seed: int, mean: float) -> None:
    assert poisson(Random(seed), mean) >= 0


def test_shares_follow_the_channels_sizes() -> None:
    planned = plan_chat(Random(1), SHARES, 20_000, (NOW, NOW + 1000), CROWD, POOLS)
    counts = Counter(message.channel.login for message in planned)
    assert counts[CHANNELS[0].login] > 5 * counts[CHANNELS[-1].login]
    assert SHARES.sums[-1] == pytest.approx(1)


def test_a_few_people_write_much_and_many_write_little() -> None:
    planned = plan_chat(Random(1), shares_at(CHANNELS[:1], NOW), 5000, (NOW, NOW + 1000), CROWD, POOLS)
    counts = sorted(Counter(message.chatter.user_id for message in planned).values(), reverse=True)
    assert sum(counts[: len(counts) // 10]) > 0.2 * len(planned)
    assert len(counts) > 0.2 * len(planned)


def test_without_live_channels_there_is_no_chat() -> None:
    assert plan_chat(Random(1), shares_at([], NOW), 100, (NOW, NOW + 1000), CROWD, POOLS) == []
