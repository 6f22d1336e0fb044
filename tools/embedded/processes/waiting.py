"""Waits for a condition with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

POLL_SECONDS = 0.05  # short compared to every start-up time here
REST = 2.0  # times as long as the condition took it is left alone, so that waiting takes a third of a processor at most
MOST_REST_SECONDS = 0.5
Result = TypeVar("Result")


class TooLateError(TimeoutError):
    """A condition did not become true in time; the message names it."""


def wait_for(
    what: str, condition: Callable[[], Result | None], seconds: float, poll_seconds: float = POLL_SECONDS
) -> Result:
    """Return the first truthy result of `condition`. Raises TooLateError after `seconds`; errors pass through."""
    deadline = time.monotonic() + seconds
    while True:
        asked = time.monotonic()
        answer = condition()
        if answer:
            return answer
        answered = time.monotonic()
        if answered > deadline:
            raise TooLateError(f"{what}: not within {seconds:g} s")
        time.sleep(max(poll_seconds, min(REST * (answered - asked), MOST_REST_SECONDS)))
