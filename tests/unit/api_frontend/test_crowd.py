"""Mood, rarity and causes in plain words: never more than is known."""

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
        (600, "this channel’s biggest in 10 minutes"),
        (7199, "this channel’s biggest in 119 minutes"),
        (10_800, "this channel’s biggest in 3 hours"),
        (172_800, "this channel’s biggest in 2 days"),
        (30 * 86_400, "this channel’s biggest in 4 weeks"),
    ],
)
def test_how_rare(seconds: int | None, text: str | None) -> None:
    assert rarity_text(seconds) == text


@given(st.integers(600, 2**31 - 1))
def test_rarity_claims_what_is_known_and_no_more(seconds: int) -> None:
    text = rarity_text(seconds)
    assert text is not None
    found = re.fullmatch(r"this channel’s biggest in (\d+) (\w+)", text)
    assert found is not None
    claimed = int(found[1]) * next(size for size, unit in UNITS if unit == found[2])
    assert seconds * 2 / 3 < claimed <= seconds
    assert int(found[1]) >= 2


@pytest.mark.parametrize(
    ("mood", "share", "text"),
    [
        (None, None, None),
        ("laughter", 0.62, "laughter (62% of chatters)"),
        ("second_hand_shame", None, "second hand shame"),
        ("awe", 1.7, "awe (100% of chatters)"),
    ],
)
def test_what_the_crowd_felt(mood: str | None, share: float | None, text: str | None) -> None:
    assert mood_text(mood, share) == text


def test_an_unknown_cause_is_shown_as_its_code() -> None:
    assert cause_words("raid") == "a raid"
    assert cause_words("meteor_shower") == "meteor shower"


def test_why_there_is_no_clip() -> None:
    assert no_clip_words("cause", ["vote", "raid"]) == "a vote drove chat"
    assert no_clip_words("cause", []).endswith("drove chat")
    assert len({no_clip_words(reason, []) for reason in ("cause", "rate", "shadow")}) == 3  # type: ignore[arg-type]
