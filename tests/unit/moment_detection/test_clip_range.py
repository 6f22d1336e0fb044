"""A clip contains what the crowd reacted to, and is no longer than Twitch allows."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.clips import CLIP_MARGIN_MS, LONGEST_CLIP_MS, REACTION_MS
from moment_detection.clip_range import clip_range

CROSSED = 1_790_000_000_000


@given(st.integers(0, 90_000))
def test_the_peak_and_its_picture_are_always_inside(rise: int) -> None:
    peak = CROSSED + rise
    begins, ends = clip_range(CROSSED, peak)
    assert 5000 <= ends - begins <= LONGEST_CLIP_MS
    assert begins <= peak - REACTION_MS[1]
    assert peak + CLIP_MARGIN_MS <= ends


@given(st.integers(0, 35_000))
def test_what_people_saw_before_the_crossing_is_inside(rise: int) -> None:
    begins, _ = clip_range(CROSSED, CROSSED + rise)
    assert begins <= CROSSED - REACTION_MS[1]
