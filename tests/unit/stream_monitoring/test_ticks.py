"""Ticks never go back and never pass a socket that has not answered; Twitch's clock is learned without being fooled."""

import random

from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.capture.socket_progress import DEAF_MS, QUIET_MS, Answered
from stream_monitoring.capture.ticks import next_tick
from stream_monitoring.chat.clocks import TwitchClock

times = st.integers(1_700_000_000_000, 1_700_000_100_000)
NOW = 1_795_000_000_000


@given(st.lists(st.tuples(st.lists(times, max_size=5), times), min_size=1), st.integers(0, 5000))
def test_a_tick_never_goes_back_and_never_passes_an_unanswered_socket(steps, lag):
    last = 0
    for answered, now in steps:
        tick = next_tick(last, answered, now, lag)
        assert tick >= last
        assert tick == last or all(tick <= through - lag for through in answered)
        assert tick == last or tick <= now - lag
        last = tick


def test_without_sockets_ticks_go_on_with_twitchs_clock():
    assert next_tick(0, [], 10_000, 1_500) == 8_500


@given(st.integers(-30_000, 30_000), st.integers(0, 2**32))
def test_the_clock_is_learned_within_the_usual_delay_whatever_messages_from_the_future_say(error, seed):
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


def test_an_unlearned_clock_stays_behind_though_the_machine_is_ahead():
    assert TwitchClock().now(NOW + 30_000) < NOW


def test_the_clock_is_learned_anew_after_the_machine_slept():
    clock = TwitchClock()
    for number in range(100):
        clock.observe(NOW + number, NOW + number - 50)
    for number in range(100):
        clock.observe(NOW + number, NOW + number - 50 + 3_600_000)
    assert abs(clock.now(NOW) - (NOW + 3_600_000)) < 1_000


def test_a_socket_is_asked_when_quiet_and_deaf_when_it_does_not_answer():
    answered = Answered(opened_at=1_000, twitch_now=1_000)
    assert not answered.ask(1_000 + QUIET_MS - 1)
    assert answered.ask(1_000 + QUIET_MS)
    assert not answered.ask(1_001 + QUIET_MS)
    assert not answered.is_deaf(1_000 + DEAF_MS - 1)
    assert answered.is_deaf(1_000 + DEAF_MS)
    answered.pong(1_000 + DEAF_MS, 5_000)
    assert answered.through == 5_000
    assert not answered.is_deaf(1_000 + DEAF_MS)


def test_old_words_prove_only_their_own_time_and_words_from_the_future_only_now():
    answered = Answered(opened_at=100_000, twitch_now=100_000)
    answered.message(120_000, 105_000, twitch_now=120_000)
    assert answered.through == 105_000
    answered.message(121_000, 170_000, twitch_now=121_000)
    assert answered.through == 121_000
