from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import contracts
from clip_creator.decision.title import MAX_TITLE, title
from contracts import codec
from contracts.moments import EmoteCount, Moment, WordCount
from moment_detection.hidden_words import HiddenWords
from moment_detection.lead import lead, numbers

EXAMPLE: Moment = codec.decode(
    "moments", (Path(contracts.__file__).parent / "examples" / "moments" / "peaked.json").read_bytes()
)


def with_evidence(**changes: object) -> Moment:
    return replace(EXAMPLE, evidence=replace(EXAMPLE.evidence, **changes))


def test_the_title_is_the_sites_sentence():
    assert title(EXAMPLE) == f"{lead(EXAMPLE)}: {numbers(EXAMPLE)}"
    assert title(replace(with_evidence(expected_chatters=20.3), mood="laughter")) == (
        "Chat burst out laughing · LUL: 212 people at once, usually 20 (10×)"
    )


def test_without_an_emote_the_title_counts_people():
    assert title(replace(with_evidence(emotes=[], words=[]), mood=None)).startswith("Chat erupted: 212 people at once")


def test_unknown_people_are_not_mentioned():
    assert title(replace(with_evidence(window_chatters=0, emotes=[], words=[]), mood="awe")) == "Chat was amazed"


@pytest.mark.parametrize(
    ("chatters", "people", "is_named"), [(4, 5, False), (5, 20, True), (5, 25, True), (5, 26, False), (13, 69, False)]
)
def test_an_emote_of_few_people_is_not_named(chatters: int, people: int, is_named: bool):
    rare = EmoteCount("twitch", "1", "PJSalt", 40, chatters)
    assert ("PJSalt" in title(with_evidence(emotes=[rare], words=[], window_chatters=people))) is is_named


@pytest.mark.parametrize("name", ["PRONTA Bib", "", "a\u202eb", "<b>", "<3"])
def test_what_is_no_name_is_not_named(name: str):
    made = title(with_evidence(emotes=[EmoteCount("twitch", "86", name, 99, 99)], words=[]))
    assert made == title(with_evidence(emotes=[], words=[]))


def test_chatters_text_stays_out():
    """A word that everybody wrote is no name; one of moods.toml is."""
    words = [WordCount("clip", 200, 200)]
    assert "clip" not in title(with_evidence(emotes=[], words=words))
    assert "KEKW" in title(with_evidence(emotes=[], words=[*words, WordCount("kekw", 100, 100)]))


def test_a_third_partys_emote_is_named_and_a_hidden_one_is_not():
    emotes = [EmoteCount("7tv", "1", "FoulOne", 200, 200), EmoteCount("bttv", "2", "GLEEBING", 150, 150)]
    moment = with_evidence(emotes=emotes, words=[WordCount("foulone", 210, 210)], window_chatters=212)
    assert "FoulOne" in title(moment)
    made = title(moment, HiddenWords(inside=["foulone"]))
    assert "foulone" not in made.casefold()
    assert "GLEEBING" in made


emotes = st.lists(
    st.builds(EmoteCount, st.just("twitch"), st.just("1"), st.text(max_size=60), st.integers(0, 10**6), st.just(1)),
    max_size=5,
)


@given(emotes, st.floats(), st.integers(-5, 10**9))
def test_any_evidence_gives_a_title_twitch_accepts(found: list[EmoteCount], usual: float, chatters: int):
    made = title(with_evidence(emotes=found, window_chatters=chatters, expected_chatters=usual))
    assert 0 < len(made) <= MAX_TITLE
    assert made.isprintable()
    assert made == made.strip()
    assert not set("<>\n\t\r\0") & set(made)
