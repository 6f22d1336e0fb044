from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import contracts
from clip_creator.decision.title import MAX_TITLE, printable, title
from contracts import codec
from contracts.moments import EmoteCount, Moment

EXAMPLE: Moment = codec.decode(
    "moments", (Path(contracts.__file__).parent / "examples" / "moments" / "peaked.json").read_bytes()
)


def with_evidence(**changes: object) -> Moment:
    return replace(EXAMPLE, evidence=replace(EXAMPLE.evidence, **changes))


def test_the_title_names_the_emote_and_the_rate():
    assert title(EXAMPLE) == "LUL ×140: 11 times the usual chat"


def test_without_an_emote_the_title_counts_people():
    assert title(with_evidence(emotes=[])) == "212 people in 7 s: 11 times the usual chat"


@pytest.mark.parametrize("times", [0.0, 1.2, float("nan"), float("inf")])
def test_a_meaningless_rate_is_left_out(times: float):
    assert title(replace(with_evidence(emotes=[]), times_usual=times)) == "212 people in 7 s"


def test_a_rate_against_silence_is_capped():
    assert "over 99 times" in title(replace(EXAMPLE, times_usual=40_000.0))


@pytest.mark.parametrize(
    ("chatters", "people", "is_named"), [(4, 5, False), (5, 20, True), (5, 25, True), (5, 26, False), (13, 69, False)]
)
def test_an_emote_of_few_people_is_not_named(chatters: int, people: int, is_named: bool):
    rare = EmoteCount("twitch", "1", "PJSalt", 40, chatters)
    assert title(with_evidence(emotes=[rare], window_chatters=people)).startswith("PJSalt") is is_named


@pytest.mark.parametrize("name", ["PRONTA Bib", "", "a\u202eb", "<b>"])
def test_what_is_no_name_is_not_named(name: str):
    assert title(with_evidence(emotes=[EmoteCount("twitch", "86", name, 99, 99)])).startswith("212 people")


def test_chatters_text_stays_out():
    assert "clip" not in title(with_evidence(emotes=[]))


emotes = st.lists(
    st.builds(EmoteCount, st.just("twitch"), st.just("1"), st.text(max_size=60), st.integers(0, 10**6), st.just(1)),
    max_size=5,
)


@given(emotes, st.floats(), st.integers(-5, 10**9), st.integers(-5, 100))
def test_any_evidence_gives_a_title_twitch_accepts(found: list[EmoteCount], times: float, chatters: int, seconds: int):
    evidence = {"emotes": found, "window_chatters": chatters, "window_seconds": seconds}
    made = title(replace(with_evidence(**evidence), times_usual=times))
    assert 0 < len(made) <= MAX_TITLE
    assert made.isprintable()
    assert made == made.strip()
    assert not set("<>\n\t\r\0") & set(made)


@given(st.text())
def test_printable_text_stays_unchanged(text: str):
    assert printable(printable(text)) == printable(text)
