"""The published clip contains the clip range, or it is too late."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

import contracts
from clip_creator.decision.duration import LONGEST_SECONDS, MAX_DELAY_MS, SHORTEST_SECONDS, plan_clip
from clip_creator.decision.wanted_range import (
    AFTER_CALL_MS,
    REACH_MS,
    WantedRange,
    earliest_cause_at,
    estimated_range,
    named_range,
    wanted_range_of,
)
from contracts import codec
from contracts.clips import CLIP_MARGIN_MS, LONGEST_CLIP_MS
from contracts.moments import Moment

EXAMPLE = Path(contracts.__file__).parent / "examples" / "moments" / "peaked.json"
BURST: Moment = codec.decode("moments", EXAMPLE.read_bytes())
CROSSED = 1_800_000_000_000
CAPTURED_MS = 85_000  # before the call
rises = st.integers(0, 120_000)  # from the crossing to the peak, ms
ages = st.integers(-20_000, 200_000)  # from the crossing to now, ms
named = st.builds(
    lambda begins, length: named_range(CROSSED + begins, CROSSED + begins + length),
    st.integers(-60_000, 20_000),
    st.integers(1, 180_000),
)
ranges = named | st.builds(lambda rise: estimated_range(CROSSED, CROSSED + rise), rises)


@given(named, ages)
def test_a_range_requested_in_time_is_inside_the_clip(clip_range: WantedRange, age: int):
    now = CROSSED + age
    assume(clip_range.until_at - AFTER_CALL_MS <= now + MAX_DELAY_MS)
    planned = plan_clip(clip_range, now)
    assume(max(now + AFTER_CALL_MS, clip_range.until_at) - clip_range.from_at <= LONGEST_CLIP_MS)
    assert planned is not None
    assert planned.starts_at() <= clip_range.from_at
    assert planned.ends_at() >= clip_range.until_at


@given(named, ages)
def test_a_late_clip_has_the_second_half_of_the_range(clip_range: WantedRange, age: int):
    now = CROSSED + age
    planned = plan_clip(clip_range, now)
    assume(planned is not None)
    assume(clip_range.until_at - AFTER_CALL_MS <= now + MAX_DELAY_MS)
    assert planned.ends_at() >= clip_range.until_at
    assert planned.starts_at() <= (clip_range.from_at + clip_range.until_at) / 2


@given(st.integers(-60_000, 20_000), st.integers(1, 600_000), ages)
def test_a_range_too_long_for_a_clip_keeps_its_end(begins: int, length: int, age: int):
    clip_range = named_range(CROSSED + begins, CROSSED + begins + length)
    assert clip_range.until_at == CROSSED + begins + length
    assert 0 < clip_range.until_at - clip_range.from_at <= LONGEST_CLIP_MS
    assert plan_clip(clip_range, clip_range.until_at) is not None


@given(ranges, ages)
def test_a_clip_is_no_longer_than_necessary(clip_range: WantedRange, age: int):
    """It starts no earlier than the range, and ends later only if the call comes later."""
    now = CROSSED + age
    planned = plan_clip(clip_range, now)
    assume(planned is not None)
    assert planned.ends_at() <= max(clip_range.until_at, now + AFTER_CALL_MS)
    assert planned.starts_at() > clip_range.from_at - 100 or planned.duration_seconds == SHORTEST_SECONDS


@given(rises, ages)
def test_cause_and_peak_are_inside_if_one_clip_can_hold_them(rise: int, age: int):
    peak, now = CROSSED + rise, CROSSED + age
    planned = plan_clip(estimated_range(CROSSED, peak), now)
    first = earliest_cause_at(CROSSED) - CLIP_MARGIN_MS
    assume(planned is not None and planned.call_at + 5_000 - first <= LONGEST_SECONDS * 1000)
    assert planned.starts_at() <= first
    assume(peak - now <= MAX_DELAY_MS)
    assert planned.ends_at() >= peak + CLIP_MARGIN_MS


@given(rises, ages)
def test_the_peaks_video_is_always_inside(rise: int, age: int):
    peak, now = CROSSED + rise, CROSSED + age
    planned = plan_clip(estimated_range(CROSSED, peak), now)
    assume(planned is not None)
    assert planned.starts_at() <= peak - 10_000
    assume(peak - now <= MAX_DELAY_MS)
    assert planned.ends_at() >= peak


@given(ranges, ages)
def test_a_request_is_within_what_twitch_captured(clip_range: WantedRange, age: int):
    now = CROSSED + age
    planned = plan_clip(clip_range, now)
    assume(planned is not None)
    assert SHORTEST_SECONDS <= planned.duration_seconds <= LONGEST_SECONDS
    assert 0 <= planned.call_at - now <= MAX_DELAY_MS
    assert planned.call_at <= clip_range.last_call_at
    assert planned.starts_at() >= planned.call_at - CAPTURED_MS
    assert round(planned.duration_seconds * 10) == planned.duration_seconds * 10


@given(ranges, st.integers(0, 100_000), st.integers(0, 100_000))
def test_once_too_late_stays_too_late(clip_range: WantedRange, after: int, later: int):
    asked_at = clip_range.until_at + after
    early, late = plan_clip(clip_range, asked_at), plan_clip(clip_range, asked_at + later)
    assert early is not None or late is None


def test_the_usual_moment_is_requested_at_once():
    for clip_range in (estimated_range(CROSSED, CROSSED + 3_000), named_range(CROSSED - 25_000, CROSSED + 8_000)):
        planned = plan_clip(clip_range, CROSSED + 11_000)
        assert planned is not None
        assert (planned.call_at, planned.duration_seconds) == (CROSSED + 11_000, 41.0)


def test_a_crossing_beyond_twitchs_buffer_is_too_late():
    clip_range = estimated_range(CROSSED, CROSSED + 40_000)
    assert plan_clip(clip_range, CROSSED + REACH_MS) is not None
    assert plan_clip(clip_range, CROSSED + REACH_MS + 1) is None


def test_the_range_that_a_moment_names_is_used():
    moment = replace(BURST, clip_from_at=BURST.peak_at - 40_000, clip_until_at=BURST.peak_at + 1_000)
    assert wanted_range_of(moment) == named_range(BURST.peak_at - 40_000, BURST.peak_at + 1_000)


@pytest.mark.parametrize(("from_at", "until_at"), [(None, None), (CROSSED, None), (None, CROSSED), (CROSSED, CROSSED)])
def test_without_a_range_it_is_estimated(from_at: int | None, until_at: int | None):
    silent = replace(BURST, clip_from_at=from_at, clip_until_at=until_at)
    assert wanted_range_of(silent) == estimated_range(BURST.crossed_at, BURST.peak_at)
