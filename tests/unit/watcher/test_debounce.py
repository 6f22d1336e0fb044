"""Properties of reporting: no repeats, no short outages, and exactly one recovery."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from watcher.condition import Condition
from watcher.debounce import MAX_PAUSE_SECONDS, Debounce, Delays

DELAYS = Delays(trouble_seconds=30.0, well_seconds=60.0, catch_up_seconds=120.0)
OBSERVED = st.sampled_from([*Condition, None])
CHECK = st.tuples(st.floats(0.1, 50.0), OBSERVED)
RUN = st.tuples(OBSERVED, st.integers(1, 40))  # repeated observations, long enough to reach the delays
Check = tuple[float, Condition | None]


def reports(checks: Sequence[Check], state: Debounce | None = None) -> list[tuple[float, Condition]]:
    """Return the reports as (time, condition); a check is (seconds after the one before, condition observed)."""
    state, at, reported = state or Debounce(), 0.0, []
    for wait, observed in checks:
        at += wait
        after = state.observe(observed, at, DELAYS)
        if after.last_reported is not state.last_reported:
            reported.append((at, after.last_reported))
        state = after
    return reported


def runs(parts: Sequence[tuple[Condition | None, int]]) -> list[Check]:
    return [(5.0, observed) for observed, count in parts for _ in range(count)]


CHECKS = st.one_of(st.lists(CHECK, max_size=80), st.lists(RUN, max_size=12).map(runs))


@given(CHECKS)
def test_no_two_reports_in_a_row_are_equal(checks: list[Check]) -> None:
    reported = [Condition.WELL, *(condition for _, condition in reports(checks))]
    assert all(one is not other for one, other in pairwise(reported))


@given(CHECKS)
def test_a_report_was_observed_during_all_of_its_delay(checks: list[Check]) -> None:
    before = Condition.WELL
    for at, condition in reports(checks):
        delay, now = DELAYS.required(before, condition), 0.0
        times = [(now := now + wait, observed) for wait, observed in checks]
        first = max((time for time, observed in times if time <= at and observed is not condition), default=0.0)
        assert all(observed is condition for time, observed in times if first < time <= at)
        begin = min(time for time, observed in times if first < time)
        assert at - begin >= delay
        before = condition


@given(st.lists(st.tuples(st.sampled_from(list(Condition)), st.integers(1, 6)), max_size=20))
def test_outages_shorter_than_the_delay_are_never_reported(parts: list[tuple[Condition, int]]) -> None:
    short = [part for trouble, count in parts for part in ((trouble, count), (Condition.WELL, 1))]
    assert reports(runs(short)) == []


@given(CHECKS)
def test_each_trouble_is_followed_by_one_recovery(checks: list[Check]) -> None:
    enough = int(DELAYS.well_seconds / 5.0) + 2
    reported = [condition for _, condition in reports([*checks, *runs([(Condition.WELL, enough)])])]
    assert not reported or reported[-1] is Condition.WELL
    for one, other in pairwise(reported):
        assert one is not Condition.WELL or other is not Condition.WELL


@given(CHECKS, CHECKS)
def test_a_restart_neither_repeats_nor_loses_a_report(before: list[Check], after: list[Check]) -> None:
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
