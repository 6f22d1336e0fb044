"""Titles that want to mention, link or format something are only shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_notices.messages.safe_text import ELLIPSIS, MARKUP, ZERO_WIDTH, safe


@pytest.mark.parametrize(
    "hostile", ["@everyone", "@here", "<@123>", "<@&5>", "<#7>", "</clips:9>", "<:e:1>", "<t:1:R>"]
)
def test_a_mention_does_nothing(hostile: str) -> None:
    shown = safe(hostile, 100)
    assert "@everyone" not in shown
    assert "@here" not in shown
    assert not re.search(r"(?<!\\)<", shown)


def test_a_link_does_not_work_and_is_readable() -> None:
    assert safe("https://evil.example", 100) == f"https:{ZERO_WIDTH}//evil.example"
    assert safe("[here](https://evil.example)", 100).startswith("\\[here\\]\\(")


def test_lines_become_one() -> None:
    assert safe("a\n# b\n\n- c", 100) == "a \\# b - c"
    assert safe("- c", 100) == "\\- c"
    assert safe("a\u202eb\x00c", 100) == "abc"


@given(st.text(max_size=300), st.integers(1, 300))
def test_it_is_never_too_long_and_no_escape_is_cut(text: str, most: int) -> None:
    shown = safe(text, most)
    assert len(shown) <= most
    assert "\n" not in shown
    without_escapes = re.sub(r"\\[\\*_~`|>#\[\]()<-]", "", shown)
    assert not set(without_escapes) & MARKUP
    assert "@" not in shown.replace(f"@{ZERO_WIDTH}", "")
    assert "://" not in shown


@given(st.text(alphabet="abc XYZ.,!?", max_size=50))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert safe(text, 100) == " ".join(text.split())


def test_what_is_left_out_shows() -> None:
    assert safe("abcdef", 4) == f"abc{ELLIPSIS}"
