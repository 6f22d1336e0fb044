"""Laws of what is told: nothing twice, nothing short, and always one 'well again'."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from watcher.condition import Condition
from watcher.verdict import LONGEST_PAUSE_SECONDS, Holds, Verdict

HOLDS = Holds(trouble_seconds=30.0, well_seconds=60.0, catch_up_seconds=120.0)
SEEN = st.sampled_from([*Condition, None])
LOOK = st.tuples(st.floats(0.1, 50.0), SEEN)
RUN = st.tuples(SEEN, st.integers(1, 40))  # the same seen again and again: what reaches the holds
Look = tuple[float, Condition | None]


def told_at(looks: Sequence[Look], verdict: Verdict | None = None) -> list[tuple[float, Condition]]:
    """When what is told, where each look is (seconds after the one before, what is seen)."""
    verdict, at, told = verdict or Verdict(), 0.0, []
    for wait, seen in looks:
        at += wait
        after = verdict.look(seen, at, HOLDS)
        if after.told is not verdict.told:
            told.append((at, after.told))
        verdict = after
    return told


def runs(parts: Sequence[tuple[Condition | None, int]]) -> list[Look]:
    return [(5.0, seen) for seen, count in parts for _ in range(count)]


LOOKS = st.one_of(st.lists(LOOK, max_size=80), st.lists(RUN, max_size=12).map(runs))


@given(LOOKS)
def test_no_two_messages_in_a_row_are_alike(looks: list[Look]) -> None:
    told = [Condition.WELL, *(condition for _, condition in told_at(looks))]
    assert all(one is not other for one, other in pairwise(told))


@given(LOOKS)
def test_what_is_told_was_seen_at_every_look_of_its_hold(looks: list[Look]) -> None:
    before = Condition.WELL
    for at, condition in told_at(looks):
        hold, now = HOLDS.needed(before, condition), 0.0
        times = [(now := now + wait, seen) for wait, seen in looks]
        first = max((time for time, seen in times if time <= at and seen is not condition), default=0.0)
        assert all(seen is condition for time, seen in times if first < time <= at)
        begin = min(time for time, seen in times if first < time)
        assert at - begin >= hold
        before = condition


@given(st.lists(st.tuples(st.sampled_from(list(Condition)), st.integers(1, 6)), max_size=20))
def test_outages_shorter_than_the_hold_are_never_told(parts: list[tuple[Condition, int]]) -> None:
    short = [part for trouble, count in parts for part in ((trouble, count), (Condition.WELL, 1))]
    assert told_at(runs(short)) == []


@given(LOOKS)
def test_once_all_is_well_there_is_exactly_one_well_again_after_a_notice(looks: list[Look]) -> None:
    enough = int(HOLDS.well_seconds / 5.0) + 2
    told = [condition for _, condition in told_at([*looks, *runs([(Condition.WELL, enough)])])]
    assert not told or told[-1] is Condition.WELL
    for one, other in pairwise(told):
        assert one is not Condition.WELL or other is not Condition.WELL


@given(LOOKS, LOOKS)
def test_a_restart_neither_repeats_nor_forgets(before: list[Look], after: list[Look]) -> None:
    first = [Condition.WELL, *(condition for _, condition in told_at(before))]
    second = [condition for _, condition in told_at(after, Verdict(first[-1]))]
    told = [*first, *second]
    assert all(one is not other for one, other in pairwise(told))


def test_an_outage_is_one_notice_and_one_well_again() -> None:
    outage = [(Condition.WELL, 10), (Condition.HEARTBEAT_STOPPED, 120), (Condition.DATA_OLD, 6), (Condition.WELL, 60)]
    assert [condition for _, condition in told_at(runs(outage))] == [Condition.HEARTBEAT_STOPPED, Condition.WELL]


def test_a_long_catch_up_is_told_once() -> None:
    outage = [(Condition.HEARTBEAT_STOPPED, 20), (Condition.DATA_OLD, 100), (Condition.WELL, 60)]
    assert [condition for _, condition in told_at(runs(outage))] == [
        Condition.HEARTBEAT_STOPPED,
        Condition.DATA_OLD,
        Condition.WELL,
    ]


def test_flapping_is_silence_after_the_first_notice() -> None:
    flapping = [(Condition.HEARTBEAT_STOPPED, 10), *[(Condition.WELL, 5), (Condition.HEARTBEAT_STOPPED, 10)] * 30]
    assert [condition for _, condition in told_at(runs(flapping))] == [Condition.HEARTBEAT_STOPPED]


def test_a_watcher_that_slept_starts_its_hold_again() -> None:
    asleep = LONGEST_PAUSE_SECONDS + 1
    assert told_at([(5.0, Condition.HEARTBEAT_STOPPED), (asleep, Condition.HEARTBEAT_STOPPED)]) == []
