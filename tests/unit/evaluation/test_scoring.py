"""The agreement with chosen segments: by hand, and the same as the reference script."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.scoring import Ranked, Segment, agreement, merged, top

HOURS = 2.5
SEGMENTS = [Segment("a", 100, 120), Segment("a", 115, 160), Segment("b", 300, 310)]
MOMENTS = [
    Ranked("a", 130, 9.0),  # hits both of "a", which are one
    Ranked("b", 50, 8.0),
    Ranked("a", 150, 7.0),  # hits again: ignored
    Ranked("b", 341, 6.0),  # a second too late
    Ranked("b", 340, 5.0),
]


def test_by_hand() -> None:
    segments = merged(SEGMENTS)
    assert segments == [Segment("a", 100, 160), Segment("b", 300, 310)]
    found = agreement(segments, MOMENTS)
    assert (found.true, found.false, found.ignored, found.found) == (2, 2, 1, 2)
    assert found.average_precision == 0.5 * 1 + 0.5 * 2 / 4
    assert found.curve == [(0.5, 1.0), (1.0, 0.5)]
    assert agreement(segments, top(MOMENTS, 1, 2)).recall == 0.5


def test_ties_go_by_time_and_a_shift_moves_the_segments() -> None:
    assert [each.t for each in top([Ranked("a", 9, 1.0), Ranked("a", 3, 1.0)], 2, 1)] == [3, 9]
    assert merged([Segment("a", 50, 60)], -20) == [Segment("a", 30, 40)]
    assert agreement([Segment("a", 1, 2)], []).precision == 0.0


def script() -> ModuleType:
    """The script that SCORE_SCRIPT names."""
    path = os.environ.get("SCORE_SCRIPT")
    if not path or not Path(path).is_file():
        pytest.skip("SCORE_SCRIPT names no scoring script to compare with")
    spec = importlib.util.spec_from_file_location("score_script", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SPANS = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 90)), min_size=1, max_size=20)
TIMES = st.lists(st.tuples(st.integers(0, 3200), st.integers(0, 40)), max_size=80)


@given(SPANS, TIMES)
@settings(max_examples=200, deadline=None)
def test_it_agrees_with_the_reference_script(spans: list[tuple[int, int]], times: list[tuple[int, int]]) -> None:
    theirs = script()
    truth = [{"start": start, "end": start + long} for start, long in spans]
    segments = merged([Segment("a", start, start + long) for start, long in spans])
    their_segments = [("a", start, end) for start, end in theirs.merge(truth)]
    assert [tuple(each) for each in segments] == their_segments
    moments = [Ranked("a", t, score / 4) for t, score in times]
    expected = theirs.score(their_segments, [(each.score, each.name, each.t) for each in moments], HOURS)
    for chosen, found in {
        "all": agreement(segments, moments),
        "4/h": agreement(segments, top(moments, 4, HOURS)),
        "10/h": agreement(segments, top(moments, 10, HOURS)),
    }.items():
        assert found.average_precision == pytest.approx(expected[chosen]["ap"])
        assert found.precision == pytest.approx(expected[chosen]["precision"])
        assert found.recall == pytest.approx(expected[chosen]["recall"])
        assert (found.true, found.false, found.ignored) == tuple(
            expected[chosen][n] for n in ("true", "false", "ignored")
        )
