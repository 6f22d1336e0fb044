"""Sizes, rhythm and broadcasts of the planned channels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_simulator.clock import DAY_MS, WorldClock
from twitch_simulator.crowd.channels import HOUR_MS, broadcast_at, plan_channels, rhythm, viewers_at

NOW = 1_795_369_181_000
seeds, times = st.integers(0, 2**32), st.integers(NOW - 400 * DAY_MS, NOW + 400 * DAY_MS)


@given(seeds, st.integers(1, 120))
@settings(deadline=None)
def test_a_plan_depends_on_its_seed_and_has_unique_names(seed: int, count: int) -> None:
    channels = plan_channels(seed, count)
    assert [each.login for each in channels] == [each.login for each in plan_channels(seed, count)]
    assert len({each.login for each in channels}) == len({each.channel_id for each in channels}) == count
    assert sum(each.weight for each in channels) == pytest.approx(1)
    assert all(len(each.login) <= 25 for each in channels)


def test_sizes_have_a_heavy_tail() -> None:
    channels = plan_channels(1, 200)
    weights = [each.weight for each in channels]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights[:20]) > 0.4
    assert weights[0] > 50 * weights[-1]


@given(times)
@settings(deadline=None)
def test_a_broadcast_keeps_its_id_until_it_ends(now: int) -> None:
    clock = WorldClock(NOW)
    for channel in plan_channels(3, 10):
        broadcast = broadcast_at(channel, now, clock)
        if broadcast is not None:
            assert 0 <= now - broadcast.started_at < channel.live_hours * HOUR_MS
            assert broadcast_at(channel, broadcast.started_at + 1, clock) == broadcast


def test_channels_go_offline_unless_always_live() -> None:
    clock = WorldClock(NOW)
    hours = [NOW + hour * HOUR_MS for hour in range(24)]
    mixed = [broadcast_at(channel, at, clock) for channel in plan_channels(1, 40) for at in hours]
    assert any(each is None for each in mixed)
    assert all(broadcast_at(channel, at, clock) for channel in plan_channels(1, 40, True) for at in hours)


@given(st.floats(0.1, 200), st.integers(0, 10 * DAY_MS))
@settings(deadline=None)
def test_a_faster_world_maps_back_to_real_time(scale: float, later: int) -> None:
    clock = WorldClock(NOW, scale)
    assert abs(clock.real(clock.world(NOW + later)) - (NOW + later)) <= 1 + 1 / scale


def test_the_rhythm_is_one_on_average_and_viewers_follow_it() -> None:
    channel = plan_channels(1, 1)[0]
    day = [NOW + minute * 60_000 for minute in range(1440)]
    assert sum(rhythm(channel, at) for at in day) / 1440 == pytest.approx(1, abs=0.01)
    viewers = [viewers_at(channel, at) for at in day]
    assert max(viewers) > 2 * min(viewers) > 0
