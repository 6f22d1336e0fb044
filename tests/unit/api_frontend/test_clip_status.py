"""What is said of a clip: nothing before it is known, and each outcome in words for visitors."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.stored_moment import StoredMoment
from api_frontend.text.clip_status import (
    CAUSED,
    DECIDED_WITHIN,
    DECIDING,
    GIVEN_UP_AFTER,
    MADE_AFTER,
    MAKING,
    NOTHING_KNOWN,
    clip_note,
    countdown_text,
    length_text,
)
from contracts.clips import ClipStatus
from contracts.moment_words import CAUSES

from .examples import MOMENT, PEAK, with_clip, with_fields

SECOND = timedelta(seconds=1)
OPERATORS_WORDS = ("cool-down", "budget", "credentials", "signed in", "403", "score", "python", "chat drove")


def said(moment: StoredMoment, after_seconds: float = 0) -> str:
    """What is said of its clip so long after the peak."""
    return clip_note(moment, PEAK + after_seconds * SECOND).text


def test_a_fresh_moment_is_being_decided_and_never_without_a_clip() -> None:
    note = clip_note(MOMENT, PEAK + 10 * SECOND)
    assert (note.tone, note.text, note.after) == ("waiting", DECIDING, NOTHING_KNOWN)
    assert note.due == PEAK + DECIDED_WITHIN


def test_a_moment_that_came_late_is_fresh_when_it_comes() -> None:
    late = replace(MOMENT, changed_at=PEAK + timedelta(hours=2))
    assert said(late, 7200 + 10) == DECIDING


def test_of_an_old_moment_without_a_record_nothing_is_known() -> None:
    note = clip_note(MOMENT, PEAK + DECIDED_WITHIN)
    assert (note.tone, note.text, note.due) == ("quiet", NOTHING_KNOWN, None)


@given(st.floats(0, 1e9))
def test_without_an_outcome_no_outcome_is_told(after_seconds: float) -> None:
    assert not said(MOMENT, after_seconds).startswith("No clip")
    assert not said(with_clip("intent"), after_seconds).startswith("No clip")


def test_a_clip_being_made_counts_down() -> None:
    assert said(with_clip("intent"), 0) == "Clip in about 20 s"
    assert said(with_clip("intent"), 3) == "Clip in about 20 s"
    assert said(with_clip("intent"), 16) == "Clip in about 5 s"
    assert said(with_clip("intent"), MADE_AFTER.total_seconds()) == MAKING
    assert said(with_clip("intent"), GIVEN_UP_AFTER.total_seconds() + 1) == NOTHING_KNOWN


@given(st.integers(-1000, 1000))
def test_the_countdown_never_says_zero_or_less(left: int) -> None:
    text = countdown_text(PEAK + left * SECOND, PEAK)
    assert text == MAKING if left <= 0 else int(text.split()[3].replace(",", "")) >= left


@pytest.mark.parametrize("status", get_args(ClipStatus))
def test_every_status_of_the_contract_is_one_short_sentence(status: str) -> None:
    assert 5 < len(said(with_clip(status))) < 60


@pytest.mark.parametrize(
    ("status", "reason", "text"),
    [
        ("refused", "403: clips are restricted in this channel", "This channel does not allow clips"),
        (
            "refused",
            "not asked, because Twitch refused (403: restricted); asked again",
            "This channel does not allow clips",
        ),
        ("refused", "404: Clipping is not possible for an offline channel.", "No clip: the stream had ended"),
        ("refused", "503: later", "Twitch refused the clip"),
        ("skipped", "cool-down: 20 s left after the channel's last clip", "No clip: this channel had one a moment ago"),
        ("skipped", "budget: 120 of 120 clips per hour are used", "No clip: bigger moments got this hour’s clips"),
        ("skipped", "no credentials", "No clip: this site does not make clips at present"),
        ("skipped", "nobody has signed in: python seed.py", "No clip: this site does not make clips at present"),
        ("skipped", "something new", "No clip was made"),
        ("too_late", "the moment was too old for a clip", "No clip: we noticed this too late"),
        ("unknown", "Twitch did not answer", "Twitch did not confirm the clip"),
        ("made", "", "Clip ready"),
    ],
)
def test_outcomes(status: str, reason: str, text: str) -> None:
    assert said(with_clip(status, reason=reason)) == text


@given(st.sampled_from(["refused", "skipped", "unknown", "too_late"]), st.text(max_size=300))
def test_no_reason_for_operators_reaches_a_visitor(status: str, reason: str) -> None:
    text = said(with_clip(status, reason=f"{reason} {' '.join(OPERATORS_WORDS)}"))
    assert len(text) < 60
    assert not any(words in text for words in OPERATORS_WORDS)


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_has_its_words(cause: str) -> None:
    moment = with_fields(with_clip("skipped"), no_clip_reason="cause", causes=[cause, "vote"])
    assert said(moment) == CAUSED[cause]


def test_a_raid_brought_the_crowd() -> None:
    raid = with_fields(with_clip("skipped"), no_clip_reason="cause", causes=["raid"])
    assert said(raid) == "No clip: a raid brought the crowd"
    strange = with_fields(with_clip("skipped"), no_clip_reason="cause", causes=["meteors"])
    assert said(strange) == "No clip: something other than the stream made people write"


def test_experimental_moments_say_so() -> None:
    assert said(with_fields(MOMENT, shadow=True)) == "Experimental moments get no clip"


@pytest.mark.parametrize(("seconds", "text"), [(57.3, "0:57"), (5, "0:05"), (60, "1:00"), (59.6, "1:00"), (-1, "0:00")])
def test_lengths(seconds: float, text: str) -> None:
    assert length_text(seconds) == text
