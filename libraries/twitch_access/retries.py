"""Asks again, within a deadline, what may be asked again."""

import time
from collections.abc import Callable
from typing import TypeVar

import stamina

from twitch_access.errors import Deadline, RateLimited, Retryable, Unavailable

Result = TypeVar("Result")
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 3.0


def within(seconds: float, attempt: Callable[[float], Result]) -> Result:
    """Call `attempt(seconds left)` until it succeeds; raise its last error when `seconds` are over.

    A `RateLimited` waits for the reset where that lies within the deadline. An attempt that was cut off after one that
    failed for a reason raises that reason: it says more than that the few milliseconds left were over.
    """
    until = time.monotonic() + seconds
    last: Exception = Deadline(seconds)

    def again(error: Exception) -> bool | float:
        nonlocal last
        last = error
        left = until - time.monotonic()
        if isinstance(error, RateLimited):
            wait = error.reset_at - time.time()
            return wait if wait < left else False
        return isinstance(error, Retryable) and left > FIRST_WAIT_SECONDS

    for context in stamina.retry_context(
        on=again,
        attempts=None,
        timeout=seconds,
        wait_initial=FIRST_WAIT_SECONDS,
        wait_max=LONGEST_WAIT_SECONDS,
        wait_jitter=FIRST_WAIT_SECONDS,
    ):
        with context:
            left = until - time.monotonic()
            if left <= 0:
                raise last
            try:
                return attempt(left)
            except Deadline:
                if isinstance(last, Unavailable):
                    raise last from None
                raise
    raise last
