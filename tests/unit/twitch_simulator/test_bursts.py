"""A planned burst is in order, within its time span, and of the size of its shape."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_simulator.crowd.bursts import Burst, burst_times, plan_burst, random_burst, shape_of
from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.chatters import make_crowd

CHANNEL = plan_channels(1, 1)[0]
CROWD = make_crowd(1, 2000)
NOW = 1_795_369_181_000
bursts = st.builds(
    lambda seconds, rate, people: Burst(CHANNEL, NOW, shape_of(seconds), rate, people, "KEKW"),
    st.floats(0.5, 60),
    st.floats(1, 300),
    st.integers(1, 3000),
)


@given(bursts, st.integers(0, 2**32))
@settings(deadline=None, max_examples=60)
def test_times_are_in_order_and_inside_the_burst(burst: Burst, seed: int) -> None:
    planned = plan_burst(Random(seed), burst, CROWD)
    times = [message.at for message in planned]
    assert times == sorted(times)
    assert all(burst.starts_at <= at <= burst.ends_at for at in times)
    assert burst.starts_at <= burst.peak_at <= burst.ends_at
    assert len({message.chatter.user_id for message in planned}) == min(len(planned), burst.chatters, len(CROWD))


@given(bursts)
@settings(deadline=None, max_examples=60)
def test_the_size_is_the_integral_of_the_shape(burst: Burst) -> None:
    shape = burst.shape
    whole = burst.messages_per_second * (shape.rise / 2 + shape.hold + shape.decay * (1 - 2.718281828**-3) / 3)
    assert len(plan_burst(Random(1), burst, CROWD)) == pytest.approx(
        whole, rel=0.06, abs=burst.messages_per_second * 0.3 + 2
    )


@given(st.floats(0.5, 600))
@settings(deadline=None)
def test_a_shape_has_the_requested_length(seconds: float) -> None:
    shape = shape_of(seconds)
    assert shape.seconds == pytest.approx(seconds)
    assert min(shape.rise, shape.hold, shape.decay) >= 0
    assert shape.level(-0.1) == shape.level(seconds + 0.1) == 0
    assert shape.level(shape.rise + shape.hold / 2) == pytest.approx(1)


@given(st.integers(0, 2**32), st.floats(0, 500))
@settings(deadline=None)
def test_random_bursts_rise_fast_above_the_usual_chat(seed: int, usual_rate: float) -> None:
    burst = random_burst(Random(seed), CHANNEL, usual_rate, NOW)
    assert 2 <= burst.shape.rise <= 3
    assert 10 <= burst.shape.decay <= 20
    assert burst.messages_per_second >= usual_rate * 2 + 4


@given(st.integers(0, 2**32), st.floats(0.1, 60), st.integers(NOW - 10**6, NOW + 10**6), st.integers(0, 600_000))
@settings(deadline=None)
def test_random_bursts_have_a_maximum_gap(seed: int, per_minute: float, start: int, length: int) -> None:
    times = burst_times(seed, per_minute, (start, start + length))
    assert abs(len(times) - length / 60_000 * per_minute) <= 2
    middle = start + length // 2
    halves = burst_times(seed, per_minute, (start, middle)) + burst_times(seed, per_minute, (middle, start + length))
    assert times == halves == sorted(times)
    assert burst_times(seed, 0, (start, start + length)) == []
