"""How old the newest chat is, in words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.freshness import ago_text, behind_text


@pytest.mark.parametrize(
    ("seconds", "ago", "behind"),
    [
        (2.9, "2 s ago", "1 minute behind"),
        (59, "59 s ago", "1 minute behind"),
        (60, "1 min ago", "1 minute behind"),
        (250, "4 min ago", "4 minutes behind"),
        (3600, "1 hour ago", "1 hour behind"),
        (7300, "2 hours ago", "2 hours behind"),
        (100_000, "1 day ago", "27 hours behind"),
        (200_000, "2 days ago", "2 days behind"),
        (-5, "0 s ago", "1 minute behind"),
    ],
)
def test_words(seconds: float, ago: str, behind: str) -> None:
    assert (ago_text(seconds), behind_text(seconds)) == (ago, behind)


@given(st.floats(-1e6, 1e10))
def test_short_and_never_negative(seconds: float) -> None:
    for text in (ago_text(seconds), behind_text(seconds)):
        assert re.fullmatch(r"[\d,]+ (s|min|minutes?|hours?|days?) (ago|behind)", text)
