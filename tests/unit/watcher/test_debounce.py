"""Properties of reporting: no repeats, no short outages, and exactly one recovery."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from watcher.condition import Condition
from watcher.debounce import MAX_PAUSE_SECONDS, Debounce, Delays

DELAYS = Delays(trouble_seconds=30.0, well_seconds=60.0, catch_up_seconds=120.0)
SEEN = st.sampled_from([*Condition, None])
LOOK = st.tuples(st.floats(0.1, 50.0), SEEN)
RUN = st.tuples(SEEN, st.integers(1, 40))  # repeated observations, long enough to reach the delays
Look = tuple[float, Condition | None]


def reports(looks: Sequence[Look], state: Debounce | None = None) -> list[tuple[float, Condition]]:
    """Return the reports as (time, condition); a look is (seconds after the one before, condition observed)."""
    state, at, reported = state or Debounce(), 0.0, []
    for wait, seen in looks:
        at += wait
        after = state.observe(seen, at, DELAYS)
        if after.last_reported is not state.last_reported:
            reported.append((at, after.last_reported))
        state = after
    return reported


def runs(parts: Sequence[tuple[Condition | None, int]]) -> list[Look]:
    return [(5.0, seen) for seen, count in parts for _ in range(count)]


LOOKS = st.one_of(st.lists(LOOK, max_size=80), st.lists(RUN, max_size=12).map(runs))


@given(LOOKS)
def test_no_two_reports_in_a_row_are_equal(looks: list[Look]) -> None:
    reported = [Condition.WELL, *(condition for _, condition in reports(looks))]
    assert all(one is not other for one, other in pairwise(reported))


@given(LOOKS)
def test_a_report_was_observed_during_all_of_its_delay(looks: list[Look]) -> None:
    before = Condition.WELL
    for at, condition in reports(looks):
        delay, now = DELAYS.required(before, condition), 0.0
        times = [(now := now + wait, seen) for wait, seen in looks]
        first = max((time for time, seen in times if time <= at and seen is not condition), default=0.0)
        assert all(seen is condition for time, seen in times if first < time <= at)
        begin = min(time for time, seen in times if first < time)
        assert at - begin >= delay
        before = condition


@given(st.lists(st.tuples(st.sampled_from(list(Condition)), st.integers(1, 6)), max_size=20))
def test_outages_shorter_than_the_delay_are_never_reported(parts: list[tuple[Condition, int]]) -> None:
    short = [part for trouble, count in parts for part in ((trouble, count), (Condition.WELL, 1))]
    assert reports(runs(short)) == []


@given(LOOKS)
def test_each_trouble_is_followed_by_one_recovery(looks: list[Look]) -> None:
    enough = int(DELAYS.well_seconds / 5.0) + 2
    reported = [condition for _, condition in reports([*looks, *runs([(Condition.WELL, enough)])])]
    assert not reported or reported[-1] is Condition.WELL
    for one, other in pairwise(reported):
        assert one is not Condition.WELL or other is not Condition.WELL


@given(LOOKS, LOOKS)
def test_a_restart_neither_repeats_nor_loses_a_report(before: list[Look], after: list[Look]) -> None:
    first = [Condition.WELL, *(condition for _, condition in reports(before))]
    second = [condition for _, condition in reports(after, Debounce(first[-1]))]
    reported = [*first, *second]
    assert all(one is not other for one, other in pairwise(reported))


def test_an_outage_is_one_notice_and_one_recovery() -> None:
    outage = [(Condition.WELL, 10), (Condition.HEARTBEAT_STOPPED, 120), (Condition.DATA_OLD, 6), (Condition.WELL, 60)]
    assert [condition for _, condition in reports(runs(outage))] == [Condition.HEARTBEAT_STOPPED, Condition.WELL]


def test_a_long_catch_up_is_reported_once() -> None:
    outage = [(Condition.HEARTBEAT_STOPPED, 20), (Condition.DATA_OLD, 100), (Condition.WELL, 60)]
    assert [condition for _, condition in reports(runs(outage))] == [
        Condition.HEARTBEAT_STOPPED,
        Condition.DATA_OLD,
        Condition.WELL,
    ]


def test_flapping_is_reported_once() -> None:
    flapping = [(Condition.HEARTBEAT_STOPPED, 10), *[(Condition.WELL, 5), (Condition.HEARTBEAT_STOPPED, 10)] * 30]
    assert [condition for _, condition in reports(runs(flapping))] == [Condition.HEARTBEAT_STOPPED]


def test_a_pause_of_the_watcher_restarts_the_delay() -> None:
    asleep = MAX_PAUSE_SECONDS + 1
    assert reports([(5.0, Condition.HEARTBEAT_STOPPED), (asleep, Condition.HEARTBEAT_STOPPED)]) == []
