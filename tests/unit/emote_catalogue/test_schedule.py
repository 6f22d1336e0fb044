"""Who is asked when: laws of the schedule in a simulated world, where answers fail at random."""

from collections import defaultdict
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emote_catalogue.emote import GLOBAL
from emote_catalogue.errors import CatalogueError, RateLimited, ServerTrouble, TooSlow, WrongShape
from emote_catalogue.schedule import LONGEST_AGAIN_SECONDS, PROVIDER_AGAIN, Pace, Schedule, Slots

PACE = Pace(channel_seconds=300, global_seconds=900, jitter=0.2, requests_per_second=2)
HOUR = 3600.0
failures = st.sampled_from(
    [None, None, None, TooSlow("x"), WrongShape("x"), ServerTrouble(503, 40.0), RateLimited(25.0), RateLimited(None)]
)


class World:
    """Plays a schedule: each request takes some time, and each answer is what `outcomes` say."""

    def __init__(self, channels: int, outcomes: list[CatalogueError | None], seed: int = 1) -> None:
        self.schedule = Schedule(PACE, Random(seed))
        self.channels = [str(number) for number in range(channels)]
        self.asked: dict[str, list[float]] = defaultdict(list)
        self.requests: list[float] = []
        self.holds: list[tuple[float, float]] = []  # from, until
        self.now = 0.0
        self._outcomes = outcomes

    def run(self, seconds: float, took: float = 0.1) -> None:
        """Play on."""
        until = self.now + seconds
        while self.now < until:
            self.schedule.watch(self.channels, self.now)
            scope = self.schedule.next_scope(self.now)
            if scope is None:
                self.now += min(5.0, max(0.01, self.schedule.wait_seconds(self.now)))
                continue
            self.now += self.schedule.slots.take(self.now)
            self.requests.append(self.now)
            self.asked[scope].append(self.now)
            self.now += took
            self._answer(scope)

    def _answer(self, scope: str) -> None:
        outcome = self._outcomes[len(self.requests) % len(self._outcomes)]
        if outcome is None:
            self.schedule.answered(scope, self.now)
            return
        self.schedule.failed(scope, outcome, self.now)
        if outcome.is_providers:
            self.holds.append((self.now, self.now + (getattr(outcome, "wait_seconds", None) or 0.0)))


def test_each_channel_is_asked_every_five_minutes_and_the_rest_every_fifteen() -> None:
    world = World(200, [None])
    world.run(4 * HOUR)
    for scope, times in world.asked.items():
        pause = PACE.seconds(scope)
        pauses = [later - earlier for earlier, later in pairwise(times)]
        assert 0.8 * pause <= min(pauses)
        assert max(pauses) <= 1.2 * pause + 200 / PACE.requests_per_second
    assert len(world.asked) == 201


def test_requests_spread_evenly() -> None:
    world = World(200, [None])
    world.run(4 * HOUR)
    late = [at for at in world.requests if at > HOUR]
    by_minute = [sum(minute * 60 <= at - HOUR < minute * 60 + 60 for at in late) for minute in range(180)]
    assert sum(by_minute) / len(by_minute) == pytest.approx(40, rel=0.1)  # 200 channels in five minutes
    assert max(by_minute) < 90  # without jitter 120, the limit, and then none


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.lists(failures, min_size=1, max_size=12), st.integers(0, 9))
def test_no_limit_is_broken_and_nobody_is_forgotten(
    channels: int, outcomes: list[CatalogueError | None], seed: int
) -> None:
    world = World(channels, outcomes, seed)
    world.run(6 * HOUR)
    times = world.requests
    assert all(later - earlier >= 0.5 - 1e-6 for earlier, later in pairwise(times))
    for start, until in world.holds:
        assert not [at for at in times if start < at < until - 1e-6]
    if None in outcomes:  # a provider of which nothing is good is asked every five minutes
        longest = LONGEST_AGAIN_SECONDS + 1.2 * PACE.global_seconds + (channels + 1) * PROVIDER_AGAIN.longest_seconds
        for scope in (GLOBAL, *world.channels):
            asked = [0.0, *world.asked[scope], world.now]
            assert max(later - earlier for earlier, later in pairwise(asked)) <= longest


def test_a_provider_that_is_down_is_asked_less_and_less() -> None:
    world = World(50, [TooSlow("x")])
    world.run(HOUR)
    assert len(world.requests) < 30
    world._outcomes = [None]
    world.run(HOUR)
    assert len([at for at in world.requests if at > HOUR]) > 400


def test_after_a_good_answer_a_failure_counts_as_the_first() -> None:
    schedule = Schedule(PACE, Random(1))
    for number in range(6):
        schedule.failed(GLOBAL, TooSlow("x"), number * 1000.0)
    schedule.answered(GLOBAL, 10_000.0)
    schedule.failed(GLOBAL, TooSlow("x"), 20_000.0)
    assert schedule.slots.held_seconds(20_000.0) == PROVIDER_AGAIN.first_seconds


def test_one_channel_that_is_always_slow_does_not_stop_the_others() -> None:
    schedule, now, asked = Schedule(PACE, Random(1)), 0.0, defaultdict(int)
    while now < 6 * HOUR:
        schedule.watch(["good", "slow"], now)
        scope = schedule.next_scope(now)
        if scope is None:
            now += 1.0
            continue
        asked[scope] += 1
        now += 15.0
        schedule.failed(scope, TooSlow("x"), now) if scope == "slow" else schedule.answered(scope, now)
    assert asked["good"] > 60
    assert asked["slow"] < 15


def test_a_limit_is_waited_for_and_blames_no_channel() -> None:
    schedule = Schedule(PACE, Random(1))
    schedule.failed(GLOBAL, RateLimited(120.0), 10.0)
    assert schedule.next_scope(129.9) is None
    assert schedule.wait_seconds(70.0) == 60.0
    assert schedule.next_scope(130.0) == GLOBAL


def test_who_is_not_watched_is_not_asked() -> None:
    schedule = Schedule(PACE, Random(1))
    schedule.watch(["1", "2"], 0.0)
    schedule.answered(GLOBAL, 0.0)
    schedule.answered("1", 0.0)
    schedule.watch(["1"], 1.0)
    schedule.answered("2", 1.0)  # its answer came late
    assert schedule.next_scope(2.0) is None
    schedule.watch(["3"], 2.0)
    assert schedule.next_scope(2.0) == "3"


def test_slots_are_taken_one_after_the_other() -> None:
    slots = Slots(4.0)
    assert [slots.take(1.0) for _ in range(3)] == [0.0, 0.25, 0.5]
    slots.hold(5.0)
    slots.hold(3.0)
    assert slots.take(2.0) == 3.0
    assert slots.held_seconds(2.0) == 3.0
