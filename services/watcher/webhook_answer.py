"""Interprets a webhook's answer and decides how long to wait before the next try."""

import json
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from service_runtime.backoff import Backoff

RETRIES = Backoff(first_seconds=5.0, longest_seconds=300.0, jitter=0.5)  # if the webhook requests no wait
MIN_RETRY_AFTER_SECONDS = 1.0  # "0" would make the watcher retry without pause
MAX_RETRY_AFTER_SECONDS = 3600.0  # retry hourly, even if the webhook asks for more
RETRYABLE_STATUSES = (408, 425, 429)  # and every 5xx


@dataclass(frozen=True)
class WebhookAnswer:
    """Whether the notice was delivered, and if not, why.

    `retry_after`: the wait that the webhook asked for, in seconds. `refused`: only a person can fix it.
    """

    delivered: bool
    reason: str = ""
    retry_after: float | None = None
    refused: bool = False


def interpret(status: int, retry_after: str | None, body: bytes, now: float) -> WebhookAnswer:
    """Interpret an HTTP answer. `retry_after`: the header of that name; `now`: seconds since 1970 UTC."""
    if 200 <= status < 300:
        return WebhookAnswer(delivered=True)
    if status in RETRYABLE_STATUSES or status >= 500:
        return WebhookAnswer(False, f"the webhook answered {status}", _requested_wait(retry_after, body, now))
    return WebhookAnswer(False, f"the webhook answered {status}: check its URL", refused=True)


def retry_seconds(answer: WebhookAnswer, failures: int) -> float:
    """Return the seconds until the next try after `failures` in a row."""
    if answer.retry_after is not None:
        return answer.retry_after
    if answer.refused:
        return RETRIES.longest_seconds
    return RETRIES.wait_seconds(failures)


def _requested_wait(header: str | None, body: bytes, now: float) -> float | None:
    """Read the Retry-After header, in seconds or as a date, else Discord's `retry_after`."""
    for found in (_seconds(header), _date(header, now), _discord(body)):
        if found is not None:
            return min(max(found, MIN_RETRY_AFTER_SECONDS), MAX_RETRY_AFTER_SECONDS)
    return None


def _seconds(value: object) -> float | None:
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if found == found else None  # NaN


def _date(value: str | None, now: float) -> float | None:
    try:
        found = parsedate_to_datetime(value or "")
    except (TypeError, ValueError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() - now


def _discord(body: bytes) -> float | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return _seconds(content.get("retry_after")) if isinstance(content, dict) else None
