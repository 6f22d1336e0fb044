"""Waits for a condition with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

POLL_SECONDS = 0.05  # short compared to every start-up time here
Result = TypeVar("Result")


class TooLateError(TimeoutError):
    """A condition did not become true in time; the message names it."""


def wait_for(
    what: str, condition: Callable[[], Result | None], seconds: float, poll_seconds: float = POLL_SECONDS
) -> Result:
    """Return the first truthy result of `condition`. Raises TooLateError after `seconds`; errors pass through."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TooLateError(f"{what}: not within {seconds:g} s")
        time.sleep(poll_seconds)
