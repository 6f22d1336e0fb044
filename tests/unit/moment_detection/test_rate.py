"""About N moments per hour, on channels with one message in 20 s to 500 per second and known bursts."""

import random
from math import ceil

import pytest

from moment_detection.detection.peak_history import CAP_TIMES
from moment_detection.detection.rules import Rules

from .simulated_chat import HOUR, Chat, Outcome, burst_times, play

RATES = (0.05, 1.0, 20.0, 500.0)  # people a second
STEADY, SWINGING = 0.0, 0.5  # real chat swings: one of its minutes has twice the people of another
CHATS = [(rate, swing) for rate in RATES for swing in (STEADY, SWINGING)]
TEN = Rules(moments_per_hour=10.0)
HOURS = 3


def bursting(rate: float, swing: float) -> Chat:
    return Chat(rate, swing, HOURS, burst_times(random.Random(3), HOURS, 5))


def within(outcome: Outcome, begins: int, ends: int) -> int:
    return sum(begins <= second < ends for second in outcome.raised)


@pytest.mark.parametrize(("rate", "swing"), CHATS)
def test_the_bursts_are_found_at_ten_an_hour(rate: float, swing: float) -> None:
    outcome = play(bursting(rate, swing), TEN)
    assert outcome.recall >= 0.9
    assert outcome.false_per_hour == 0 or swing
    assert outcome.per_hour <= 10 * 1.2
    assert outcome.most_in_an_hour <= 10 * CAP_TIMES


@pytest.mark.parametrize("an_hour", [0.5, 2.0, 5.0])
def test_a_lower_rate_raises_fewer_and_higher_moments(an_hour: float) -> None:
    outcome = play(bursting(20.0, SWINGING), Rules(moments_per_hour=an_hour))
    assert 0 < outcome.per_hour <= an_hour * 1.3 + 1 / HOURS
    assert outcome.most_in_an_hour <= ceil(an_hour * CAP_TIMES)
    assert outcome.false_per_hour <= outcome.per_hour * 0.6


@pytest.mark.parametrize(("rate", "swing"), CHATS)
def test_no_storm_without_bursts_nor_while_the_baseline_is_young(rate: float, swing: float) -> None:
    outcome = play(Chat(rate, swing, HOURS, []), TEN)
    assert outcome.per_hour <= 0.5 or swing
    assert within(outcome, 0, 900) <= (4 if swing else 0)
    assert outcome.most_in_an_hour <= 10 * CAP_TIMES


@pytest.mark.parametrize(("rate", "swing"), CHATS)
def test_no_storm_after_an_outage_nor_a_short_gap(rate: float, swing: float) -> None:
    chat = Chat(rate, swing, 2, [], gaps=((2400, 3000), (5000, 5020)))
    outcome = play(chat, TEN, seed=4)
    for after in (3000, 5020):
        assert within(outcome, after, after + 900) <= (4 if swing else 0)


@pytest.mark.parametrize(("rate", "swing"), CHATS)
def test_a_raid_that_changes_the_level_is_no_storm(rate: float, swing: float) -> None:
    raid = HOUR
    outcome = play(Chat(rate, swing, 2, [], level_from=raid, level_times=10.0), TEN, seed=5)
    assert within(outcome, raid, raid + 900) <= (7 if swing else 3)
    assert outcome.most_in_an_hour <= 10 * CAP_TIMES
