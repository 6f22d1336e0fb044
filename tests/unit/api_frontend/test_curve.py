"""The curve's geometry: inside its box, every second once, gaps never drawn as silence."""

import re

from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.curve import bands, draw, nice_step, runs, x_marks

from .examples import EVIDENCE, PEAK_MS

COUNTS = st.lists(st.integers(0, 5000), min_size=1, max_size=200)
COVERED = st.lists(st.integers(0, 1), max_size=220)


def numbers(path: str) -> list[float]:
    """Every number of a path."""
    return [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?", path)]


def test_no_second_no_curve() -> None:
    assert draw(from_at=0, messages=[], chatters=[], covered=[], peak_at=0, usual=1.0) is None


def test_the_peak_is_marked_where_it_was() -> None:
    curve = draw(
        from_at=EVIDENCE.curve_from_at,
        messages=EVIDENCE.messages,
        chatters=EVIDENCE.chatters,
        covered=EVIDENCE.covered,
        peak_at=PEAK_MS,
        usual=3.1,
    )
    assert curve is not None
    assert curve.peak_percent == 100 * 60 / 90
    assert curve.top_messages == 60
    assert [mark.text for mark in curve.x_marks] == ["−60 s", "−30 s", "+30 s"]


def test_a_gap_is_a_gap_and_not_silence() -> None:
    covered = [1] * 20 + [0] * 10 + [1] * 60
    curve = draw(
        from_at=0,
        messages=EVIDENCE.messages,
        chatters=EVIDENCE.chatters,
        covered=covered,
        peak_at=60_000,
        usual=3.1,
    )
    assert curve is not None
    assert [(gap.start, gap.width) for gap in curve.gaps] == [(20, 10)]
    assert curve.unread_seconds == 10
    assert curve.messages_line.count("M") == 2
    drawn = {float(x) for x in re.findall(r"[ML](\d+(?:\.\d+)?) ", curve.messages_line)}
    assert not any(20 <= x < 30 for x in drawn)


@given(COUNTS, COUNTS, COVERED, st.floats(0, 1000), st.floats(0, 1000))
def test_everything_lies_in_the_box(
    messages: list[int], chatters: list[int], covered: list[int], usual: float, expected: float
) -> None:
    curve = draw(
        from_at=0,
        messages=messages,
        chatters=chatters,
        covered=covered,
        peak_at=60_000,
        usual=usual,
        expected=expected,
    )
    assert curve is not None
    widest = max(100, curve.seconds)
    for path in (curve.messages_area, curve.messages_line, curve.chatters_line):
        assert all(0 <= value <= widest for value in numbers(path))
        assert "nan" not in path
        assert "e" not in path
    assert all(0 <= mark.percent <= 100 for mark in [*curve.x_marks, *curve.y_marks])
    assert len(curve.y_marks) <= 5
    assert curve.usual_percent is None or 0 <= curve.usual_percent <= 100
    assert (curve.expected_percent is None) == (expected == 0)
    assert curve.expected_percent is None or 0 <= curve.expected_percent <= 100


@given(COVERED, st.integers(1, 200))
def test_each_second_is_read_or_a_gap(covered: list[int], seconds: int) -> None:
    read = [second for run in runs(covered, seconds) for second in run]
    unread = [gap.start + step for gap in bands(covered, seconds) for step in range(gap.width)]
    assert sorted(read + unread) == list(range(seconds))
    assert all(not covered[second] for second in unread)


@given(st.floats(1, 1e7))
def test_steps_divide_into_few_parts(top: float) -> None:
    assert top / nice_step(top) <= 5


def test_marks_outside_are_left_out() -> None:
    assert [mark.text for mark in x_marks(0, 60_000, 70)] == ["−60 s", "−30 s"]
