"""The figures under a moment's details are rounded as people do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.figures import count_text, share_text, times_text


@pytest.mark.parametrize(
    ("times", "text"),
    [(2.44, "2.4"), (2.0, "2"), (9.04, "9"), (9.96, "10"), (31.4, "31"), (1.25, "1.2"), (1e6, "1,000,000")],
)
def test_factors(times: float, text: str) -> None:
    assert times_text(times) == text


def test_a_usual_number_below_one_is_hardly_any() -> None:
    assert [count_text(each) for each in (0.4, 20.3, 1_500.0)] == ["hardly any", "20", "1,500"]


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_share_is_never_more_than_all(part: int, whole: int) -> None:
    text = share_text(part, whole)
    assert (text == "") == (whole == 0)
    assert not text or 0 <= int(text.removesuffix("%")) <= 100
