"""Asks again, within a deadline, what may be asked again."""

import time
from collections.abc import Callable
from typing import TypeVar

import stamina

from service_runtime.backoff import Backoff
from twitch_access.errors import Deadline, RateLimited, Retryable, Unavailable

Result = TypeVar("Result")
WAITS = Backoff(first_seconds=0.2, longest_seconds=3.0, jitter=0.3)
SHORTEST_WAIT_SECONDS = 0.001  # 0 would mean: do not ask again


def within(seconds: float, attempt: Callable[[float], Result]) -> Result:
    """Call `attempt(seconds left)` until it succeeds; raise its last error before a wait would outlast `seconds`.

    A `RateLimited` waits for the reset where that lies within the deadline. An attempt that was cut off after one that
    failed for a reason raises that reason: it says more than that the few milliseconds left were over.
    """
    until = time.monotonic() + seconds
    last: Exception = Deadline(seconds)
    failures = 0

    def again(error: Exception) -> bool | float:
        nonlocal last, failures
        last, failures = error, failures + 1
        if not isinstance(error, Retryable):
            return False
        wait = error.reset_at - time.time() if isinstance(error, RateLimited) else WAITS.wait_seconds(failures)
        return max(SHORTEST_WAIT_SECONDS, wait) if wait < until - time.monotonic() else False

    for context in stamina.retry_context(on=again, attempts=None, timeout=seconds):
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
