"""When a notice is posted again after a webhook's answer."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.webhook_answer import (
    MAX_RETRY_AFTER_SECONDS,
    MIN_RETRY_AFTER_SECONDS,
    RETRIES,
    WebhookAnswer,
    interpret,
    retry_seconds,
)

NOW = 1_790_000_000.0


@pytest.mark.parametrize("status", [200, 201, 204])
def test_any_success_is_delivered(status: int) -> None:
    assert interpret(status, None, b"", NOW).delivered


@pytest.mark.parametrize(
    ("retry_after", "body", "expected"),
    [
        ("7", b"", 7.0),
        ("1.65", b"", 1.65),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True), b"", 90.0),
        (None, b'{"message": "You are being rate limited.", "retry_after": 1.25}', 1.25),
        ("-5", b"", MIN_RETRY_AFTER_SECONDS),
        ("1e9", b"", MAX_RETRY_AFTER_SECONDS),
    ],
)
def test_the_wait_that_the_webhook_requests_is_kept(retry_after: str | None, body: bytes, expected: float) -> None:
    answer = interpret(429, retry_after, body, NOW)
    assert not answer.delivered
    assert retry_seconds(answer, failures=9) == pytest.approx(expected)


@given(st.one_of(st.none(), st.text()), st.binary(), st.integers(1, 10_000))
def test_any_answer_leads_to_a_retry_within_an_hour(retry_after: str | None, body: bytes, failures: int) -> None:
    answer = interpret(503, retry_after, body, NOW)
    assert 0 < retry_seconds(answer, failures) <= MAX_RETRY_AFTER_SECONDS


def test_without_a_requested_wait_it_doubles_up_to_a_limit() -> None:
    first, longest = RETRIES.first_seconds, RETRIES.longest_seconds
    for failures, most in ((1, first), (2, 2 * first), (3, 4 * first), (50, longest)):
        assert most / 2 <= retry_seconds(WebhookAnswer(False), failures) <= most


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404])
def test_a_refusal_points_at_the_url_and_is_retried_slowly(status: int) -> None:
    answer = interpret(status, "1", b"", NOW)
    assert answer.refused
    assert "check its URL" in answer.reason
    assert retry_seconds(answer, 1) == RETRIES.longest_seconds
