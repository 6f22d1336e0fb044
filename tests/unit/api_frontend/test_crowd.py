"""Mood, rarity and causes in plain words: never more than is known."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.text.crowd import DAY, HOUR, WEEK, mood_text, rarity, rarity_text
from contracts.moment_words import cause_words, no_clip_words

from .examples import MOMENT, PEAK_MS, with_fields

UNITS = {"hours": HOUR, "days": DAY, "weeks": WEEK}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, None),
        (3599, None),
        (3600, "Biggest in an hour"),
        (7199, "Biggest in an hour"),
        (10_800, "Biggest in 3 hours"),
        (47 * HOUR, "Biggest in 47 hours"),
        (2 * DAY, "Biggest in 2 days"),
        (3 * DAY + 5, "Biggest in 3 days"),
        (30 * DAY, "Biggest in 4 weeks"),
    ],
)
def test_how_rare(seconds: int | None, text: str | None) -> None:
    assert rarity_text(seconds) == text


@given(st.integers(2 * HOUR, 2**31 - 1))
def test_rarity_claims_what_is_known_and_no_more(seconds: int) -> None:
    text = rarity_text(seconds)
    assert text is not None
    found = re.fullmatch(r"Biggest in ([\d,]+) (\w+)", text)
    assert found is not None
    count = int(found[1].replace(",", ""))
    claimed = count * UNITS[found[2]]
    assert seconds / 2 < claimed <= seconds
    assert count >= 2


@pytest.mark.parametrize(
    ("stream_hours", "biggest_hours", "text"),
    [
        (3, 3, "Biggest of this stream"),
        (3, 40, "Biggest of this stream"),
        (3, 72, "Biggest in 3 days"),
        (3, 2, "Biggest in 2 hours"),
        (0.5, 0.5, None),
        (0.5, 5, "Biggest in 5 hours"),
        (3, None, None),
        (None, 4, "Biggest in 4 hours"),
    ],
)
def test_the_biggest_of_a_stream(stream_hours: float | None, biggest_hours: float | None, text: str | None) -> None:
    moment = with_fields(
        MOMENT,
        stream_started_at=stream_hours and PEAK_MS - int(stream_hours * 3_600_000),
        biggest_in_seconds=biggest_hours and int(biggest_hours * HOUR),
    )
    assert rarity(moment) == text


@pytest.mark.parametrize(
    ("mood", "share", "text"),
    [
        (None, None, None),
        ("laughter", 0.62, "laughter (62% of people)"),
        ("second_hand_shame", None, "second hand shame"),
        ("awe", 1.7, "awe (100% of people)"),
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
