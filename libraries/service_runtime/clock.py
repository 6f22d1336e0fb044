"""The machine's wall clock as the records write it."""

import time


def now_ms() -> int:
    """Return the milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
