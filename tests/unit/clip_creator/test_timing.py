from hypothesis import assume, given
from hypothesis import strategies as st

from clip_creator.timing import (
    LONGEST_DELAY_MS,
    LONGEST_SECONDS,
    MARGIN_MS,
    REACH_MS,
    SHORTEST_SECONDS,
    cause_at,
    plan,
)

CROSSED = 1_800_000_000_000
rises = st.integers(0, 120_000)  # from the crossing to the peak, ms
ages = st.integers(-20_000, 200_000)  # from the crossing to now, ms


@given(rises, ages)
def test_cause_and_peak_are_inside_where_one_clip_can_hold_them(rise: int, age: int):
    peak, now = CROSSED + rise, CROSSED + age
    planned = plan(CROSSED, peak, now)
    first = cause_at(CROSSED) - MARGIN_MS
    assume(planned is not None and planned.ask_at + 5_000 - first <= LONGEST_SECONDS * 1000)
    assert planned.starts_at() <= first
    assume(peak - now <= LONGEST_DELAY_MS)
    assert planned.ends_at() >= peak + MARGIN_MS


@given(rises, ages)
def test_the_picture_of_the_peak_is_always_inside(rise: int, age: int):
    peak, now = CROSSED + rise, CROSSED + age
    planned = plan(CROSSED, peak, now)
    assume(planned is not None)
    assert planned.starts_at() <= peak - 10_000
    assume(peak - now <= LONGEST_DELAY_MS)
    assert planned.ends_at() >= peak


@given(rises, ages)
def test_what_is_asked_is_what_twitch_allows(rise: int, age: int):
    now = CROSSED + age
    planned = plan(CROSSED, CROSSED + rise, now)
    assume(planned is not None)
    assert SHORTEST_SECONDS <= planned.duration_seconds <= LONGEST_SECONDS
    assert 0 <= planned.ask_at - now <= LONGEST_DELAY_MS
    assert planned.ask_at <= CROSSED + REACH_MS
    assert round(planned.duration_seconds * 10) == planned.duration_seconds * 10


@given(rises, st.integers(0, 100_000), st.integers(0, 100_000))
def test_once_too_late_is_too_late_for_ever(rise: int, after_peak: int, later: int):
    peak = CROSSED + rise
    early, late = plan(CROSSED, peak, peak + after_peak), plan(CROSSED, peak, peak + after_peak + later)
    assert early is not None or late is None


def test_the_usual_moment_is_asked_for_at_once():
    planned = plan(CROSSED, CROSSED + 3_000, CROSSED + 11_000)
    assert planned is not None
    assert (planned.ask_at, planned.duration_seconds) == (CROSSED + 11_000, 41.0)


def test_too_late_after_the_reach():
    assert plan(CROSSED, CROSSED + 40_000, CROSSED + REACH_MS) is not None
    assert plan(CROSSED, CROSSED + 40_000, CROSSED + REACH_MS + 1) is None
