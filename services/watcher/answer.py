"""What a webhook's answer means, and how long to wait before the next try."""

import json
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from service_runtime.backoff import Backoff

UNASKED = Backoff(first_seconds=5.0, longest_seconds=300.0, jitter=0.5)  # where the webhook asks for no wait
SHORTEST_RETRY_AFTER_SECONDS = 1.0  # "0" would be a storm
LONGEST_RETRY_AFTER_SECONDS = 3600.0  # a webhook that asks for more is asked again all the same
LATER_STATUSES = (408, 425, 429)


@dataclass(frozen=True)
class Answer:
    """`delivered`, or why not. `wait_seconds`: what the webhook asked for. `refused`: a person has to act."""

    delivered: bool
    reason: str = ""
    wait_seconds: float | None = None
    refused: bool = False


def understand(status: int, retry_after: str | None, body: bytes, now: float) -> Answer:
    """The meaning of an HTTP answer. `retry_after`: that header, `now`: seconds since 1970 UTC."""
    if 200 <= status < 300:
        return Answer(delivered=True)
    if status in LATER_STATUSES or status >= 500:
        return Answer(False, f"it answered {status}", _asked_wait(retry_after, body, now))
    return Answer(False, f"it answered {status}: is the address still right?", refused=True)


def wait_seconds(answer: Answer, failures: int) -> float:
    """Seconds until the next try after `failures` in a row."""
    if answer.wait_seconds is not None:
        return answer.wait_seconds
    if answer.refused:
        return UNASKED.longest_seconds
    return UNASKED.wait_seconds(failures)


def _asked_wait(header: str | None, body: bytes, now: float) -> float | None:
    """The Retry-After header in seconds or as a date, else Discord's `retry_after`."""
    for found in (_seconds(header), _date(header, now), _discord(body)):
        if found is not None:
            return min(max(found, SHORTEST_RETRY_AFTER_SECONDS), LONGEST_RETRY_AFTER_SECONDS)
    return None


def _seconds(value: object) -> float | None:
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if found == found else None  # no NaN


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
