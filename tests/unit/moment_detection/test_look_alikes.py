"""Marks that nobody sees and characters that look alike make no other word; what belongs to a sign stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moment_detection.causes.normalize import comparison_key
from moment_detection.evidence.characters import one_form, without_appended, without_invisible
from moment_detection.evidence.words import words_in

from .test_evidence import count, piece, pieces

APPENDED, JOINER, SELECTOR = "\U000e0000", "\u034f", "\ufe0f"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
BURNING_HEART = "\u2764\ufe0f\u200d\U0001f525"
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
DIGITS = "0123456789"


def words_of(*texts: str) -> list[tuple[str, int]]:
    """The words of a moment in which each text is another person's."""
    crowd = count((1, pieces(*(piece(f"c{number}", text) for number, text in enumerate(texts)))))
    return [(each.word, each.chatters) for each in crowd.words]


@pytest.mark.parametrize(
    ("texts", "right"),
    [
        (["KEKW"] * 5 + [f"KEKW {APPENDED}"] * 5, [("KEKW", 10)]),
        (["lol"] * 5 + [f"lol{APPENDED}"] * 5, [("lol", 10)]),
        (["gg"] * 5 + [f"gg {JOINER}"] * 5, [("gg", 10)]),
        (["\u2764"] * 6 + [f"\u2764{SELECTOR}"] * 5, [("\u2764", 11)]),
        (["\uff20somebody hi"] * 6, [("hi", 6)]),
        (["\ufe6bsomebody hi"] * 6, [("hi", 6)]),
        ([f"@{APPENDED}somebody hi"] * 6, [("hi", 6)]),
        ([f"exam{JOINER}ple.com hi"] * 6, [("hi", 6)]),
        (["\uff4c\uff4f\uff4c"] * 2 + ["LOL"] * 3, [("LOL", 5)]),
        (["wow \u2800", "WOW", "wow\u200b", "wow", "\u2060wow!"], [("wow", 5)]),
        ([f"{APPENDED} {JOINER}"] * 9, []),
    ],
)
def test_what_looks_the_same_is_one_word(texts, right) -> None:
    assert words_of(*texts) == right


@pytest.mark.parametrize("sign", [ENGLAND, SCOTLAND, FAMILY, BURNING_HEART, PERSIAN, "1\ufe0f\u20e3", "\u2764\ufe0f"])
def test_a_sign_of_several_characters_stays_whole(sign) -> None:
    assert without_invisible(sign) == sign
    assert words_of(*[sign] * 5) == [(sign, 5)]
    assert words_of(*[f"{sign}{APPENDED}"] * 5) == [(sign, 5)]


def test_flags_are_told_apart() -> None:
    assert one_form(ENGLAND) != one_form(SCOTLAND)
    assert len(words_of(*[ENGLAND] * 5, *[SCOTLAND] * 5)) == 2


def test_joiners_between_latin_letters_or_at_an_end_are_marks() -> None:
    for text in ("lo\u200dl", "lol\u200d", "\u200clol", "l\u200co\u200cl"):
        assert without_invisible(text) == "lol"


def test_an_emotes_token_loses_only_what_programs_append() -> None:
    assert without_appended(f"Ka{JOINER}ppa{APPENDED}") == "Kappa"
    assert without_appended("\uff2bappa") == "\uff2bappa"


def test_copied_texts_are_compared_in_one_form() -> None:
    assert comparison_key(f"Free Skins {APPENDED}") == comparison_key("\uff26ree skins!") == "free skins"


@given(st.text(max_size=40))
def test_one_form_of_one_form_is_the_same(text) -> None:
    assert one_form(one_form(text)) == one_form(text)
    assert without_invisible(without_invisible(text)) == without_invisible(text)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=20), st.data())
def test_marks_anywhere_in_an_ascii_word_change_no_key(word, data) -> None:
    marks = st.sampled_from([APPENDED, JOINER, "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"])
    at = data.draw(st.integers(0, len(word)))
    marked = word[:at] + data.draw(marks) + word[at:]
    assert [each.key for each in words_in(marked)] == [each.key for each in words_in(word)]
