"""What a webhook's answer means for the next try."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.answer import (
    LONGEST_RETRY_AFTER_SECONDS,
    SHORTEST_RETRY_AFTER_SECONDS,
    UNASKED,
    Answer,
    understand,
    wait_seconds,
)

NOW = 1_790_000_000.0


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_success_is_delivered(status: int) -> None:
    assert understand(status, None, b"", NOW).delivered


@pytest.mark.parametrize(
    ("retry_after", "body", "expected"),
    [
        ("7", b"", 7.0),
        ("1.65", b"", 1.65),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True), b"", 90.0),
        (None, b'{"message": "You are being rate limited.", "retry_after": 1.25}', 1.25),
        ("-5", b"", SHORTEST_RETRY_AFTER_SECONDS),
        ("1e9", b"", LONGEST_RETRY_AFTER_SECONDS),
    ],
)
def test_the_wait_that_the_webhook_asks_for_is_kept(retry_after: str | None, body: bytes, expected: float) -> None:
    answer = understand(429, retry_after, body, NOW)
    assert not answer.delivered
    assert wait_seconds(answer, failures=9) == pytest.approx(expected)


@given(st.one_of(st.none(), st.text()), st.binary(), st.integers(1, 10_000))
def test_any_answer_leads_to_a_next_try_within_the_hour(retry_after: str | None, body: bytes, failures: int) -> None:
    answer = understand(503, retry_after, body, NOW)
    assert 0 < wait_seconds(answer, failures) <= LONGEST_RETRY_AFTER_SECONDS


def test_without_a_word_from_the_webhook_the_wait_doubles_up_to_a_limit() -> None:
    first, longest = UNASKED.first_seconds, UNASKED.longest_seconds
    for failures, most in ((1, first), (2, 2 * first), (3, 4 * first), (50, longest)):
        assert most / 2 <= wait_seconds(Answer(False), failures) <= most


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404])
def test_a_refusal_names_the_address_as_the_cause_and_is_tried_slowly(status: int) -> None:
    answer = understand(status, "1", b"", NOW)
    assert answer.refused
    assert "address" in answer.reason
    assert wait_seconds(answer, 1) == UNASKED.longest_seconds
