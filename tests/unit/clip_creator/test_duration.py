"""Where a clip begins and ends: the stretch is inside of what Twitch publishes, or it is too late."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

import contracts
from clip_creator.decision.duration import (
    AFTER_CALL_MS,
    LONGEST_DELAY_MS,
    LONGEST_MS,
    LONGEST_SECONDS,
    MARGIN_MS,
    REACH_MS,
    SHORTEST_SECONDS,
    Stretch,
    cause_at,
    derived,
    plan,
    stretch_of,
    told,
)
from contracts import codec
from contracts.moments import Moment

EXAMPLE = Path(contracts.__file__).parent / "examples" / "moments" / "peaked.json"
BURST: Moment = codec.decode("moments", EXAMPLE.read_bytes())
CROSSED = 1_800_000_000_000
CAPTURED_MS = 85_000  # before the call
rises = st.integers(0, 120_000)  # from the crossing to the peak, ms
ages = st.integers(-20_000, 200_000)  # from the crossing to now, ms
named = st.builds(
    lambda begins, length: told(CROSSED + begins, CROSSED + begins + length),
    st.integers(-60_000, 20_000),
    st.integers(1, 180_000),
)
stretches = named | st.builds(lambda rise: derived(CROSSED, CROSSED + rise), rises)


@given(named, ages)
def test_a_stretch_that_one_clip_can_hold_is_inside_where_it_is_asked_for_in_time(stretch: Stretch, age: int):
    now = CROSSED + age
    assume(stretch.until_at - AFTER_CALL_MS <= now + LONGEST_DELAY_MS)
    planned = plan(stretch, now)
    assume(max(now + AFTER_CALL_MS, stretch.until_at) - stretch.from_at <= LONGEST_MS)
    assert planned is not None
    assert planned.starts_at() <= stretch.from_at
    assert planned.ends_at() >= stretch.until_at


@given(named, ages)
def test_a_late_clip_has_the_stretchs_end_and_half_of_it_at_least(stretch: Stretch, age: int):
    now = CROSSED + age
    planned = plan(stretch, now)
    assume(planned is not None)
    assume(stretch.until_at - AFTER_CALL_MS <= now + LONGEST_DELAY_MS)
    assert planned.ends_at() >= stretch.until_at
    assert planned.starts_at() <= (stretch.from_at + stretch.until_at) / 2


@given(st.integers(-60_000, 20_000), st.integers(1, 600_000), ages)
def test_a_stretch_too_long_for_a_clip_keeps_its_end(begins: int, length: int, age: int):
    stretch = told(CROSSED + begins, CROSSED + begins + length)
    assert stretch.until_at == CROSSED + begins + length
    assert 0 < stretch.until_at - stretch.from_at <= LONGEST_MS
    assert plan(stretch, stretch.until_at) is not None


@given(stretches, ages)
def test_no_longer_than_it_has_to_be(stretch: Stretch, age: int):
    """Nothing comes before the stretch, nor after it but what the present forces."""
    now = CROSSED + age
    planned = plan(stretch, now)
    assume(planned is not None)
    assert planned.ends_at() <= max(stretch.until_at, now + AFTER_CALL_MS)
    assert planned.starts_at() > stretch.from_at - 100 or planned.duration_seconds == SHORTEST_SECONDS


@given(rises, ages)
def test_cause_and_peak_are_inside_where_one_clip_can_hold_them(rise: int, age: int):
    peak, now = CROSSED + rise, CROSSED + age
    planned = plan(derived(CROSSED, peak), now)
    first = cause_at(CROSSED) - MARGIN_MS
    assume(planned is not None and planned.ask_at + 5_000 - first <= LONGEST_SECONDS * 1000)
    assert planned.starts_at() <= first
    assume(peak - now <= LONGEST_DELAY_MS)
    assert planned.ends_at() >= peak + MARGIN_MS


@given(rises, ages)
def test_the_picture_of_the_peak_is_always_inside(rise: int, age: int):
    peak, now = CROSSED + rise, CROSSED + age
    planned = plan(derived(CROSSED, peak), now)
    assume(planned is not None)
    assert planned.starts_at() <= peak - 10_000
    assume(peak - now <= LONGEST_DELAY_MS)
    assert planned.ends_at() >= peak


@given(stretches, ages)
def test_what_is_asked_is_what_twitch_allows_and_has_captured(stretch: Stretch, age: int):
    now = CROSSED + age
    planned = plan(stretch, now)
    assume(planned is not None)
    assert SHORTEST_SECONDS <= planned.duration_seconds <= LONGEST_SECONDS
    assert 0 <= planned.ask_at - now <= LONGEST_DELAY_MS
    assert planned.ask_at <= stretch.last_call
    assert planned.starts_at() >= planned.ask_at - CAPTURED_MS
    assert round(planned.duration_seconds * 10) == planned.duration_seconds * 10


@given(stretches, st.integers(0, 100_000), st.integers(0, 100_000))
def test_once_too_late_is_too_late_for_ever(stretch: Stretch, after: int, later: int):
    early, late = plan(stretch, stretch.until_at + after), plan(stretch, stretch.until_at + after + later)
    assert early is not None or late is None


def test_the_usual_moment_is_asked_for_at_once():
    for stretch in (derived(CROSSED, CROSSED + 3_000), told(CROSSED - 25_000, CROSSED + 8_000)):
        planned = plan(stretch, CROSSED + 11_000)
        assert planned is not None
        assert (planned.ask_at, planned.duration_seconds) == (CROSSED + 11_000, 41.0)


def test_too_late_after_the_reach():
    stretch = derived(CROSSED, CROSSED + 40_000)
    assert plan(stretch, CROSSED + REACH_MS) is not None
    assert plan(stretch, CROSSED + REACH_MS + 1) is None


def test_the_moments_word_counts_where_it_has_one():
    said = replace(BURST, clip_from_at=BURST.peak_at - 40_000, clip_until_at=BURST.peak_at + 1_000)
    assert stretch_of(said) == told(BURST.peak_at - 40_000, BURST.peak_at + 1_000)


@pytest.mark.parametrize(("from_at", "until_at"), [(None, None), (CROSSED, None), (None, CROSSED), (CROSSED, CROSSED)])
def test_without_a_stretch_it_is_as_before(from_at: int | None, until_at: int | None):
    silent = replace(BURST, clip_from_at=from_at, clip_until_at=until_at)
    assert stretch_of(silent) == derived(BURST.crossed_at, BURST.peak_at)
