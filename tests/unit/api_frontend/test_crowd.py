"""Mood, rarity and causes in words: never more than is known."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.crowd import UNITS, mood_text, rarity_text
from contracts.moment_words import cause_words, no_clip_words


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, None),
        (599, None),
        (600, "the biggest in 10 minutes on this channel"),
        (7199, "the biggest in 119 minutes on this channel"),
        (10_800, "the biggest in 3 hours on this channel"),
        (172_800, "the biggest in 2 days on this channel"),
        (30 * 86_400, "the biggest in 4 weeks on this channel"),
    ],
)
def test_how_rare(seconds: int | None, text: str | None) -> None:
    assert rarity_text(seconds) == text


@given(st.integers(600, 2**31 - 1))
def test_rarity_claims_no_more_than_is_known_and_nearly_all_of_it(seconds: int) -> None:
    text = rarity_text(seconds)
    assert text is not None
    found = re.fullmatch(r"the biggest in (\d+) (\w+) on this channel", text)
    assert found is not None
    said = int(found[1]) * next(size for size, unit in UNITS if unit == found[2])
    assert seconds * 2 / 3 < said <= seconds
    assert int(found[1]) >= 2


@pytest.mark.parametrize(
    ("mood", "share", "text"),
    [
        (None, None, None),
        ("laughter", 0.62, "laughter, 62 % of the people"),
        ("second_hand_shame", None, "second hand shame"),
        ("awe", 1.7, "awe, 100 % of the people"),
    ],
)
def test_what_the_crowd_felt(mood: str | None, share: float | None, text: str | None) -> None:
    assert mood_text(mood, share) == text


def test_a_cause_that_is_not_known_yet_is_its_code() -> None:
    assert cause_words("raid") == "a raid"
    assert cause_words("meteor_shower") == "meteor shower"


def test_why_there_is_no_clip() -> None:
    assert no_clip_words("cause", ["vote", "raid"]) == "people voting brought the crowd"
    assert no_clip_words("cause", []).endswith("brought the crowd")
    assert len({no_clip_words(reason, []) for reason in ("cause", "rate", "shadow")}) == 3  # type: ignore[arg-type]
