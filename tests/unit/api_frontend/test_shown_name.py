"""Names that came from elsewhere, made safe to show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.shown_name import DIRECTIONS, MOST_MARKS, NAMELESS, cut, plain, shown, shown_name

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("LunaPlays", "LunaPlays"),
        ("\u202eabc\u202c", "abc"),
        ("a\u0007b\nc\td", "a b c d"),
        ("a\u2028b\u2029c", "a b c"),
        ("\u200b\u2060\ufeff", NAMELESS),
        ("", NAMELESS),
        ("日本語", "日本語"),
        ("عربي", "عربي"),
        (FAMILY, FAMILY),
        ("Tiếng Việt", "Tiếng Việt"),
        ("Z" + "\u0335" * 50, "Z" + "\u0335" * MOST_MARKS),
    ],
)
def test_what_is_left_of_a_name(name: str, safe: str) -> None:
    assert plain(name) == safe


@given(st.text())
def test_no_name_controls_a_line(name: str) -> None:
    safe = plain(name)
    assert safe
    assert not set(safe) & DIRECTIONS
    assert not any(unicodedata.category(each) in {"Cc", "Zl", "Zp"} for each in safe)
    assert plain(safe) == safe


@given(st.text(max_size=60), st.integers(2, 50))
def test_a_cut_text_is_its_beginning(text: str, most: int) -> None:
    found = cut(text, most)
    assert len(found) <= most
    assert text.startswith(found.removesuffix("…")) or found == text


def test_joined_characters_are_not_parted() -> None:
    assert cut("ab" + FAMILY + "cd", 6) == "ab…"
    assert cut("abcde\u0301fgh", 6) == "abcd…"  # the accent goes with its letter
    assert cut("abcd", 4) == "abcd"


def test_the_whole_name_is_its_title_if_it_is_cut() -> None:
    assert shown_name("Luna") == '<bdi class="name">Luna</bdi>'
    assert shown_name("x" * 50, 10) == f'<bdi class="name" title="{"x" * 50}">{"x" * 9}…</bdi>'
    assert shown("x" * 50, 10) == "x" * 9 + "…"


@given(st.text(alphabet="<>\"'&abc/ =", min_size=1, max_size=80))
def test_a_name_is_never_markup(name: str) -> None:
    element = str(shown_name(name, 10))
    assert element.count("<") == element.count(">") == 2
    assert element.count('"') in {2, 4}
