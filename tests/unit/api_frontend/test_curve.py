"""The curve's geometry: inside its box, every second once, gaps never drawn as silence."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.curve import Band, Curve, Loudest, bands, draw, height, nice_step, runs, x_marks

from .examples import EVIDENCE

COUNTS = st.lists(st.integers(0, 5000), min_size=1, max_size=200)
COVERED = st.lists(st.integers(0, 1), max_size=220)


def points(path: str) -> list[tuple[float, float]]:
    """Where the pen goes, in order."""
    found: list[tuple[float, float]] = []
    x = y = 0.0
    for command, text in re.findall(r"([MHVhl])([^A-Za-z]*)", path):
        values = [float(value) for value in re.findall(r"-?\d*\.?\d+", text)]
        match command:
            case "M":
                x, y = values
            case "H":
                x = values[0]
            case "V":
                y = values[0]
            case "h":
                x += values[0]
            case "l":
                x, y = x + values[0], y + values[1]
        found.append((round(x, 1), round(y, 1)))
    return found


def drawn(people: list[int], **more: Any) -> Curve:
    """The curve of these people per second."""
    curve = draw(**{"from_at": 0, "people": people, "seconds": len(people), "covered": [], "usual": 2.4} | more)
    assert curve is not None
    return curve


def test_no_second_no_curve() -> None:
    assert draw(from_at=0, people=[], seconds=0, covered=[], usual=1.0) is None


def test_the_dot_is_on_the_loudest_second_and_not_at_the_peak() -> None:
    curve = drawn(EVIDENCE.chatters)
    assert curve.loudest == Loudest(59, 50, 100 * 59.5 / 90, pytest.approx(100 * (1 - 1 / 1.08)))
    assert (59.5, round(curve.loudest.y, 1)) in points(curve.line)
    assert [mark.text for mark in curve.x_marks] == ["−30 s", "+30 s"]


def test_an_unread_second_is_never_the_loudest() -> None:
    curve = drawn([1, 99, 5, 2], covered=[1, 0, 1, 1])
    assert curve.loudest is not None
    assert (curve.loudest.second, curve.loudest.people) == (2, 5)
    assert curve.people == [1, None, 5, 2]


def test_where_nobody_wrote_nothing_is_marked() -> None:
    assert drawn([0, 0, 0]).loudest is None
    assert drawn([5, 5], covered=[0, 0]).loudest is None


@pytest.mark.parametrize(
    ("clip", "band"),
    [
        (None, None),
        ((10_000, 25_500), Band(10, 15.5)),
        ((-5_000, 10_000), Band(0, 10)),
        ((80_000, 120_000), Band(80, 10)),
        ((95_000, 120_000), None),
        ((20_000, 10_000), None),
    ],
)
def test_what_the_clip_shows_is_shaded(clip: tuple[int, int] | None, band: Band | None) -> None:
    assert drawn(EVIDENCE.chatters, clip=clip).clip == band


def test_a_gap_is_a_gap_and_not_silence() -> None:
    curve = drawn(EVIDENCE.chatters, covered=[1] * 20 + [0] * 10 + [1] * 60)
    assert [(gap.start, gap.width) for gap in curve.gaps] == [(20, 10)]
    assert curve.unread_seconds == 10
    assert curve.line.count("M") == 2
    assert not any(20 <= x < 30 for x, _ in points(curve.line))


@given(COUNTS, COVERED, st.floats(0, 1000))
def test_everything_lies_in_the_box(people: list[int], covered: list[int], usual: float) -> None:
    curve = drawn(people, covered=covered, usual=usual)
    for path in (curve.area, curve.line):
        assert all(0 <= x <= curve.seconds and 0 <= y <= 100 for x, y in points(path))
        assert "nan" not in path
        assert "e" not in path
    assert all(0 <= mark.percent <= 100 for mark in [*curve.x_marks, *curve.y_marks])
    assert len(curve.y_marks) <= 5
    assert curve.usual_percent is None or 0 <= curve.usual_percent <= 100
    read = [count for count in curve.people if count is not None]
    assert curve.loudest is None or curve.loudest.people == max(read)
    assert curve.loudest is not None or not any(read)


@given(COUNTS, COVERED)
def test_the_line_goes_through_the_middle_of_each_second_that_was_read(people: list[int], covered: list[int]) -> None:
    curve = drawn(people, covered=covered)
    wanted = {}
    for run in runs(covered, len(people)):
        heights = {at: round(height(people[at], curve.top), 1) for at in run}
        turns = [
            at for at in run if at in (run[0], run[-1]) or len({heights[at - 1], heights[at], heights[at + 1]}) > 1
        ]
        wanted |= {at + 0.5: heights[at] for at in turns if len(run) > 1}
    found = dict(points(curve.line))
    assert {x: found.get(x) for x in wanted} == {x: pytest.approx(y, abs=0.11) for x, y in wanted.items()}


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
    assert [mark.text for mark in x_marks(60, 70)] == ["−60 s", "−30 s"]
