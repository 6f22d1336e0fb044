"""Twitch's limit on joins: 20 attempts in 10 seconds per user; further attempts are dropped silently."""

from collections import defaultdict, deque

JOINS = 20  # attempts
WINDOW_MS = 10_000


class JoinLimit:
    """Tracks each user's attempts in the last ten seconds and counts the dropped ones."""

    def __init__(self) -> None:
        self.dropped = 0
        self._attempts: dict[str, deque[int]] = defaultdict(deque)

    def allows(self, nick: str, now: int) -> bool:
        """Return whether `nick` may join another channel at `now` (ms). A dropped attempt does not count."""
        attempts = self._attempts[nick]
        while attempts and attempts[0] <= now - WINDOW_MS:
            attempts.popleft()
        if len(attempts) >= JOINS:
            self.dropped += 1
            return False
        attempts.append(now)
        return True
