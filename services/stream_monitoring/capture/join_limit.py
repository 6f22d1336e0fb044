"""How many channels one socket may join in a while: Twitch drops a client that joins faster."""

from collections import deque

JOINS = 20  # Twitch's limit per user; each socket is a user of its own
JOINS_SECONDS = 10.0


class JoinLimit:
    """Count one socket's joins. `now`: seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self._joined_at: deque[float] = deque(maxlen=JOINS)

    def allows(self, now: float) -> bool:
        """Return whether one more channel may be joined now."""
        return len(self._joined_at) < JOINS or now - self._joined_at[0] > JOINS_SECONDS

    def add(self, now: float) -> None:
        """Count a join."""
        self._joined_at.append(now)
