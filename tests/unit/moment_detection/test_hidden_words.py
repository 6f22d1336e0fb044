"""Hidden words are found however they are written, and harmless ones are not."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.function_words import FUNCTION_WORDS
from moment_detection.hidden_words import (
    FRAMED,
    LATIN,
    HiddenWords,
    HiddenWordsError,
    letters,
    parse_hidden_words,
    read_hidden_words,
)

REPOSITORY = Path(__file__).resolve().parents[3]
SHIPPED = read_hidden_words(REPOSITORY / "configs" / "hidden_words.toml")
HIDDEN = HiddenWords(inside=["grobian", "пидор", "支那"], whole=["fies", "mátate", "14/88"])
INVISIBLE = ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200d", "\U000e0000", "\u034f", "\ufe0f", "\u3164"]
ALIKE = {letter: sign for sign, letter in LATIN.items()} | {chr(ord("a") + n): chr(0x1F1E6 + n) for n in range(26)}


@pytest.mark.parametrize(
    "written",
    [
        "grobian",
        "GROBIAN!",
        "xxgrobianxx",
        "g.r.o.b.i.a.n",
        "grrrrobiaaan",
        "grób̀ian",
        "ｇｒｏｂｉａｎ",
        "𝓰𝓻𝓸𝓫𝓲𝓪𝓷",
        "ⓖⓡⓞⓑⓘⓐⓝ",
        "gr0b1@n",
        "gгobian",
        "🇬🇷🇴🇧🇮🇦🇳",
        "🅶🆁🅾🅱🅸🅰🅽",
        "ПИДОР",
        "支那人",
        "fies",
        "Fíes.",
        "MATATE",
        "1488",
        "14-88",
    ],
)
def test_a_word_is_found_however_it_is_written(written: str) -> None:
    assert HIDDEN.hides(written)


@pytest.mark.parametrize("written", ["grob", "grob-an", "fiese", "mies", "148", "tomatate", "支", "", "…", "🔥", "LUL"])
def test_other_words_are_not(written: str) -> None:
    assert not HIDDEN.hides(written)


@given(
    st.lists(st.sampled_from(INVISIBLE), min_size=7, max_size=7),
    st.lists(st.integers(1, 4), min_size=7, max_size=7),
    st.lists(st.sampled_from(["as it is", "capital", "alike"]), min_size=7, max_size=7),
)
def test_marks_drawing_out_and_alike_letters_make_no_difference(
    marks: list[str], times: list[int], ways: list[str]
) -> None:
    def written(letter: str, way: str) -> str:
        return {"as it is": letter, "capital": letter.upper(), "alike": ALIKE.get(letter, letter)}[way]

    parts = zip("grobian", ways, times, marks, strict=True)
    assert HIDDEN.hides("".join(written(letter, way) * often + mark for letter, way, often, mark in parts))


def test_a_double_letter_is_not_a_single_one() -> None:
    hidden = HiddenWords(inside=["nagger"])
    assert hidden.hides("naggggerrr")
    assert not hidden.hides("nager")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert not HiddenWords().hides(text)
    assert letters(letters(text)) == letters(text)
    assert HIDDEN.hides(text) in (True, False)


def test_letters_that_look_alike_are_latin_in_the_end() -> None:
    assert {*LATIN.values(), *FRAMED.values()} <= set("abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[inside", "no TOML"),
        ("[outside]\nen = []", "outside: there are the tables inside and whole"),
        ("inside = 3", "inside is no table"),
        ("[inside]\nen = 3", "inside.en is no list"),
        ("[whole]\nen = [3]", "whole.en: 3 is no word"),
        ('[whole]\nen = ["…"]', "is no word"),
        ('[whole]\nen = ["two words"]', "is no word"),
        ('[inside]\nen = ["abc"]', "put it under whole"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(HiddenWordsError, match=reason.replace(".", r"\.")):
        parse_hidden_words(text)


def test_all_reasons_are_said_at_once() -> None:
    with pytest.raises(HiddenWordsError) as refused:
        parse_hidden_words('[inside]\nen = ["abc", 3]\nde = "x"')
    assert len(str(refused.value).split("; ")) == 3


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HiddenWordsError, match="cannot read"):
        read_hidden_words(tmp_path / "nowhere.toml")


def texts_in(value: object) -> Iterator[str]:
    """All texts of a TOML document."""
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


@pytest.mark.parametrize("name", ["moods.toml", "causes.toml"])
def test_the_shipped_file_hides_no_name_or_word_of_a_mood_or_cause(name: str) -> None:
    lists = tomllib.loads(files("moment_detection.causes").joinpath("words", name).read_text(encoding="utf-8"))
    known = set(texts_in(lists))
    assert len(known) > 100
    assert {word for word in known if SHIPPED.hides(word)} == set()


def test_the_shipped_file_hides_no_word_that_stands_in_every_sentence() -> None:
    assert {word for word in FUNCTION_WORDS if SHIPPED.hides(word)} == set()


@pytest.mark.parametrize("word", ["Niger", "raccoon", "grape", "spicy", "vergessen", "Nigeria", "damn", "shit", "Jude"])
def test_the_shipped_file_hides_no_harmless_word(word: str) -> None:
    assert not SHIPPED.hides(word)
