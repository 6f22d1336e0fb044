"""How long to wait between tries. To repeat a call within a deadline, use stamina instead."""

import random
from dataclasses import dataclass

LARGEST_EXPONENT = 16  # 65,536 times the first wait is above every limit; a larger power only overflows


@dataclass(frozen=True, slots=True)
class Backoff:
    """A wait that doubles after each failure, from `first_seconds` up to `longest_seconds`.

    `jitter` is the share of each wait that is random, so that clients that failed together do not return together.
    """

    first_seconds: float
    longest_seconds: float
    jitter: float = 0.0

    def wait_seconds(self, attempt: int) -> float:
        """Return how long to wait after failed attempt 1, 2, … in a row."""
        doubled = self.first_seconds * 2.0 ** min(max(0, attempt - 1), LARGEST_EXPONENT)
        longest = min(doubled, self.longest_seconds)
        return longest * (1 - self.jitter * random.random())  # noqa: S311 - jitter is no secret
