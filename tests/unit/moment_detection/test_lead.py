"""The lead names what the crowd did and nothing that few people wrote; the numbers count people."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import contracts
from contracts import codec
from contracts.moment_words import MOODS
from contracts.moments import EmoteCount, Moment, WordCount
from moment_detection.causes.names import known_name
from moment_detection.lead import LEADS, UNKNOWN_NUMBERS, lead, numbers

EXAMPLE: Moment = codec.decode(
    "moments", (Path(contracts.__file__).parent / "examples" / "moments" / "peaked.json").read_bytes()
)
COUNTS = st.integers(0, 10**7)
NAMES = st.text(max_size=60)
EMOTES = st.lists(st.builds(EmoteCount, st.sampled_from(["twitch", "7tv"]), st.just("1"), NAMES, COUNTS, COUNTS))
WORDS = st.lists(st.builds(WordCount, NAMES, COUNTS, COUNTS))


def emote(name: str, chatters: int, uses: int = 0, provider: str = "twitch") -> EmoteCount:
    """An emote's count."""
    return EmoteCount(provider, "1", name, uses or chatters, chatters)


def lead_of(mood: str | None = "laughter", **changes: object) -> str:
    """The lead of the example with this evidence."""
    return lead(replace(EXAMPLE, mood=mood, evidence=replace(EXAMPLE.evidence, **changes)))


def numbers_of(people: int, usual: float) -> str:
    """The numbers of the example with so many people."""
    evidence = replace(EXAMPLE.evidence, window_chatters=people, expected_chatters=usual)
    return numbers(replace(EXAMPLE, evidence=evidence))


def test_the_lead_says_what_most_people_wrote() -> None:
    assert lead_of() == "Chat burst out laughing · LUL"


def test_people_count_and_not_uses() -> None:
    emotes = [emote("Keepo", 30, uses=900), emote("KEKW", 94)]
    assert lead_of(emotes=emotes, words=[], window_chatters=120) == "Chat burst out laughing · KEKW"


def test_one_persons_emote_is_never_named() -> None:
    words = [WordCount("kekw", 94, 94)]
    assert lead_of(emotes=[emote("Keepo", 1, uses=3)], words=words).endswith(" · KEKW")
    assert lead_of(emotes=[emote("Keepo", 1, uses=300)], words=[]) == "Chat burst out laughing"


@pytest.mark.parametrize(
    ("people", "users", "is_named"), [(100, 20, True), (100, 19, False), (6, 5, True), (6, 4, False)]
)
def test_a_fifth_and_at_least_five_have_to_use_it(people: int, users: int, is_named: bool) -> None:
    text = lead_of(emotes=[emote("LUL", users)], words=[], window_chatters=people)
    assert text.endswith("LUL") == is_named


def test_other_words_of_the_chat_are_never_ours() -> None:
    words = [WordCount(word, 200, 200) for word in ("clutch", "fuck", "asshole", "垃圾", "lol")]
    assert lead_of(emotes=[], words=words) == "Chat burst out laughing"


@pytest.mark.parametrize("provider", ["twitch", "7tv", "bttv", "ffz"])
def test_an_emote_of_a_catalogue_is_named_whatever_it_is_called(provider: str) -> None:
    assert lead_of(emotes=[emote("GLEEBING", 200, provider=provider)], words=[]).endswith(" · GLEEBING")


def test_an_emote_from_elsewhere_needs_a_known_name() -> None:
    assert lead_of(emotes=[emote("GLEEBING", 200, provider="new")], words=[]) == "Chat burst out laughing"
    assert lead_of(emotes=[emote("OMEGALUL", 200, provider="new")], words=[]).endswith(" · OMEGALUL")


def test_the_most_used_name_wins_whose_ever_it_is() -> None:
    emotes = [emote("GLEEBING", 60, provider="7tv"), emote("LUL", 50)]
    words = [WordCount("kekw", 70, 70), WordCount("funny", 90, 90)]
    assert lead_of(emotes=emotes, words=[], window_chatters=200).endswith(" · GLEEBING")
    assert lead_of(emotes=emotes, words=words, window_chatters=200).endswith(" · KEKW")


def test_a_name_is_one_short_printable_token() -> None:
    for name in ("a\u202eb", "two words", "x" * 31, "", "a\nb"):
        assert lead_of(emotes=[emote(name, 200)], words=[]) == "Chat burst out laughing"


@pytest.mark.parametrize("mood", MOODS)
def test_every_mood_has_its_lead(mood: str) -> None:
    assert lead_of(mood).startswith(f"{LEADS[mood]} · ")


@pytest.mark.parametrize("mood", [None, "", "second_hand_shame"])
def test_without_a_known_mood_chat_erupted(mood: str | None) -> None:
    assert lead_of(mood) == "Chat erupted · LUL"


@given(EMOTES, WORDS, COUNTS)
def test_a_lead_is_one_short_line(emotes: list[EmoteCount], words: list[WordCount], people: int) -> None:
    text = lead_of(emotes=emotes, words=words, window_chatters=people)
    assert len(text) <= 60
    assert text.isprintable()
    said = text.partition(" · ")[2]
    assert not said or said in {each.name for each in emotes} or known_name(said) == said


@pytest.mark.parametrize(
    ("people", "usual", "text"),
    [
        (95, 13.6, "95 people at once, usually 14 (7×)"),
        (310, 40.0, "310 people at once, usually 40 (8×)"),
        (48, 20.0, "48 people at once, usually 20 (2.4×)"),
        (40, 20.0, "40 people at once, usually 20 (2×)"),
        (21, 20.0, "21 people at once, usually 20"),
        (95, 0.0, "95 people at once"),
        (95, 0.4, "95 people at once, usually hardly anyone"),
        (1, 0.0, "1 person at once"),
        (1, 0.2, "1 person at once, usually hardly anyone"),
        (12_345, 1_500.0, "12,345 people at once, usually 1,500 (8×)"),
        (0, 3.0, UNKNOWN_NUMBERS),
        (5, float("inf"), "5 people at once"),
        (5, float("nan"), "5 people at once"),
    ],
)
def test_the_numbers_count_people(people: int, usual: float, text: str) -> None:
    assert numbers_of(people, usual) == text


@given(st.integers(1, 10**9), st.floats(0, 1e9) | st.just(float("nan")) | st.just(float("inf")))
def test_numbers_are_short_and_claim_no_more_than_is_known(people: int, usual: float) -> None:
    text = numbers_of(people, usual)
    assert len(text) <= 80
    assert "inf" not in text
    assert "nan" not in text
    factor = re.search(r"\(([\d,.]+)×\)", text)
    assert not factor or float(factor[1].replace(",", "")) == pytest.approx(people / usual, rel=0.2)
