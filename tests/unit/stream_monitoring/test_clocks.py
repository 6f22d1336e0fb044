"""Twitch's clock is learned from messages, whatever the machine's clock and messages from the future say."""

import random

from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.chat.clocks import TwitchClock

NOW = 1_795_000_000_000


@given(st.integers(-30_000, 30_000), st.integers(0, 2**32))
def test_the_clock_is_learned_within_the_usual_delay(error, seed):
    """`error`: of the machine's clock. A tenth of the messages come from the future."""
    chance = random.Random(seed)
    delays = [chance.randint(20, 400) for _ in range(90)]
    clock = TwitchClock()
    for number, delay in enumerate(delays):
        sent = NOW + number * 100
        clock.observe(sent + delay + error, sent)
        if number > 5 and chance.random() < 0.1:
            clock.observe(sent + error, sent + chance.choice((2_000, 40_000_000_000)))
    behind = -(clock.now(NOW + error) - NOW)
    assert 20 <= behind <= 400


def test_an_unlearned_clock_stays_behind_a_machine_that_is_ahead():
    assert TwitchClock().now(NOW + 30_000) < NOW


def test_the_clock_is_learned_again_after_the_machine_slept():
    clock = TwitchClock()
    for number in range(100):
        clock.observe(NOW + number, NOW + number - 50)
    for number in range(100):
        clock.observe(NOW + number, NOW + number - 50 + 3_600_000)
    assert abs(clock.now(NOW) - (NOW + 3_600_000)) < 1_000
