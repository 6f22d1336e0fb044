"""Timecodes are those of two packages that we did not write, drop frame included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio.opentime import RationalTime
from timecode import Timecode

from highlight_exports.frame_rate import RATES, FrameRate

DAY = 24 * 3600
ALL = st.sampled_from(list(RATES.values()))


@given(ALL, st.integers(0, DAY - 1), st.integers(0, 59))
def test_a_frame_has_the_label_that_others_give_it(rate: FrameRate, second: int, more: int) -> None:
    frame = min(rate.frame_at(second) + more, rate.frame_of_hour(24) - 1)
    assert Timecode(rate.name, frames=frame + 1) == rate.timecode(frame)
    assert RationalTime(frame, float(rate.exact)).to_timecode() == rate.timecode(frame)


@given(ALL, st.floats(0, 3 * DAY))
def test_a_time_is_its_nearest_frame(rate: FrameRate, seconds: float) -> None:
    frame = rate.frame_at(seconds)
    assert abs(frame / rate.exact - seconds) <= 0.5000001 / rate.exact


@given(ALL, st.integers(1, 60))
def test_a_whole_hour_is_labelled_so(rate: FrameRate, hours: int) -> None:
    mark = ";" if rate.drop else ":"
    assert rate.timecode(rate.frame_of_hour(hours)) == f"{hours:02}:00:00{mark}00"


@pytest.mark.parametrize(
    ("name", "frame", "label"),
    [
        ("29.97", 1799, "00:00:59;29"),
        ("29.97", 1800, "00:01:00;02"),
        ("29.97", 17_982, "00:10:00;00"),
        ("59.94", 3600, "00:01:00;04"),
        ("59.94", 35_964, "00:10:00;00"),
        ("30", 1800, "00:01:00:00"),
        ("25", 2160_000, "24:00:00:00"),
    ],
)
def test_numbers_are_dropped_where_they_belong(name: str, frame: int, label: str) -> None:
    assert RATES[name].timecode(frame) == label


def test_drop_frame_stays_with_the_clock() -> None:
    """Without dropping, a label is 3.6 seconds behind after an hour."""
    for rate in RATES.values():
        label = rate.timecode(rate.frame_at(3600.0))
        assert label[:8] in ("01:00:00", "00:59:59"), rate.name
