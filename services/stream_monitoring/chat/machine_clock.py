"""The machine's clock in milliseconds, steady: it does not jump when somebody sets the time."""

import time


class MachineClock:
    """Wall time at the start plus steady time since."""

    def __init__(self) -> None:
        self._anchor_ms = time.time() * 1000 - time.monotonic() * 1000

    def __call__(self) -> int:
        """Milliseconds since 1970 UTC, as the machine believed at the start."""
        return int(self._anchor_ms + time.monotonic() * 1000)
