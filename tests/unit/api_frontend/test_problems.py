"""What is wrong with a request, in words for a visitor."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.lists.filters import from_address
from api_frontend.text.problems import MESSAGES, NOT_FOUND, as_sent, misunderstood, no_channel, plain


def test_a_time_that_is_none() -> None:
    assert misunderstood("from", "x").startswith("The time “x” is not one that we understand.")


@pytest.mark.parametrize("parameter", [name for name in inspect.signature(from_address).parameters if name != "cursor"])
def test_every_parameter_of_the_list_has_a_message_of_its_own(parameter: str) -> None:
    assert {"from_at": "from"}.get(parameter, parameter) in MESSAGES


@given(
    st.sampled_from([*MESSAGES, "something"]),
    st.text(max_size=10_000) | st.integers() | st.none() | st.lists(st.text()),
)
def test_messages_are_short_printable_sentences(parameter: str, value: object) -> None:
    text = misunderstood(parameter, value)
    assert text.isprintable()
    assert len(text) < 200
    assert text.endswith(".")


def test_what_was_sent_is_cut_and_cleaned() -> None:
    assert as_sent("a\u202eb\0") == "a�b�"
    assert as_sent("x" * 41) == "x" * 40 + "…"


def test_the_frameworks_words_are_replaced() -> None:
    assert plain(404, "Not Found") == NOT_FOUND
    assert plain(404, "This moment does not exist.") == "This moment does not exist."
    assert plain(405, "Method Not Allowed") == "This address cannot be used in this way."


def test_an_unknown_channel() -> None:
    assert no_channel("nobody") == "We know no channel called “nobody”. It is not watched, or it has not been live yet."
