"""The sentence says why, whatever the evidence holds."""

import pytest
from api_frontend.text.reason import reasons, times_text
from hypothesis import given
from hypothesis import strategies as st

from contracts.moments import EmoteCount, Evidence, WordCount

from .examples import EVIDENCE, evidence

COUNTS = st.integers(0, 10**7)
NAMES = st.text(min_size=1, max_size=25)
EVIDENCES = st.builds(
    Evidence,
    curve_from_at=st.just(0),
    messages=st.just([]),
    chatters=st.just([]),
    covered=st.just([]),
    window_seconds=st.integers(1, 60),
    window_messages=COUNTS,
    window_chatters=COUNTS,
    usual_messages_per_second=st.floats(0, 1e4),
    usual_chatters_per_second=st.floats(0, 1e4),
    expected_chatters=st.floats(0, 1e6),
    emotes=st.lists(st.builds(EmoteCount, st.just("twitch"), st.just("1"), NAMES, COUNTS, COUNTS), max_size=4),
    words=st.lists(st.builds(WordCount, NAMES, COUNTS, COUNTS), max_size=4),
)


def why(times_usual: float, evidence: Evidence) -> str:
    """The whole sentence."""
    return ", ".join(reasons(times_usual, evidence))


def test_the_whole_sentence() -> None:
    assert why(9.04, EVIDENCE) == "9 times the usual chat, 212 people in 7 s, LUL ×140"


@pytest.mark.parametrize(
    ("times", "text"), [(2.44, "2.4"), (2.0, "2"), (9.04, "9"), (9.96, "10"), (31.4, "31"), (1.25, "1.2")]
)
def test_factors_are_rounded_as_people_do(times: float, text: str) -> None:
    assert times_text(times) == text


def test_a_silent_chat_has_no_factor() -> None:
    assert why(1e6, evidence(usual_messages_per_second=0.0)).startswith("A silent chat woke up, 212 people")
    assert why(700.0, EVIDENCE).startswith("A silent chat woke up")


def test_the_usual_number_of_people_is_given_if_known() -> None:
    assert (
        why(9.04, evidence(expected_chatters=20.3))
        == "9 times the usual chat, 212 people in 7 s instead of 20, LUL ×140"
    )
    assert "in 7 s instead of hardly any," in why(9.04, evidence(expected_chatters=0.4))


def test_a_word_is_named_if_no_emote_was_used() -> None:
    assert why(9.04, evidence(emotes=[])).endswith("“clutch” ×40")


def test_rare_emotes_are_no_reason() -> None:
    rare = evidence(emotes=[EmoteCount("twitch", "1", "PJSalt", 40, 13)], words=[], window_chatters=69)
    assert why(9.04, rare) == "9 times the usual chat, 69 people in 7 s"


def test_one_person_is_one_person() -> None:
    assert "1 person in 7 s" in why(9.04, evidence(window_chatters=1))


@given(st.floats(0, allow_infinity=True, allow_nan=False), EVIDENCES)
def test_any_evidence_makes_a_sentence(times: float, any_evidence: Evidence) -> None:
    parts = reasons(times, any_evidence)
    assert 1 <= len(parts) <= 3
    assert "inf" not in parts[0]
    assert "nan" not in parts[0]
