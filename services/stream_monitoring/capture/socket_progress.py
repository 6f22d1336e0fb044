"""How far one socket has answered: nothing that Twitch sent before that time is still to come on it."""

from stream_monitoring.timing import DEAF_SECONDS

QUIET_MS = 2_000  # without progress for so long, send a PING: several before DEAF
DEAF_MS = int(DEAF_SECONDS * 1000)


class SocketProgress:
    """`answered_through` is on Twitch's clock; the other times are on the machine's. All in milliseconds."""

    def __init__(self, opened_at: int, twitch_now: int) -> None:
        self.answered_through = twitch_now
        self._progress_at = opened_at
        self._pinged_at = 0

    def message(self, received_at: int, sent_at: int, twitch_now: int) -> None:
        """Advance by a message; one from the future proves nothing beyond now."""
        self._advance(received_at, min(sent_at, twitch_now))

    def pong(self, received_at: int, pinged_at: int) -> None:
        """Advance by Twitch's answer to a PING sent at `pinged_at` on Twitch's clock."""
        self._advance(received_at, pinged_at)

    def _advance(self, received_at: int, answered_through: int) -> None:
        if answered_through > self.answered_through:
            self.answered_through = answered_through
            self._progress_at = received_at

    def should_ping(self, now: int) -> bool:
        """Return whether to send a PING now, and count it as sent."""
        if now - self._progress_at < QUIET_MS or now - self._pinged_at < QUIET_MS:
            return False
        self._pinged_at = now
        return True

    def should_ask(self, since: int, twitch_since: int, now: int) -> bool:
        """Return whether to send a PING now, and count it as sent: neither answered nor asked since then.

        `since`, `twitch_since`: the same time on both clocks.
        """
        if self.answered_through >= twitch_since or self._pinged_at >= since:
            return False
        self._pinged_at = now
        return True

    def is_deaf(self, now: int) -> bool:
        """Return whether nothing was answered for too long."""
        return now - self._progress_at >= DEAF_MS

    def discount(self, milliseconds: int) -> None:
        """Do not count a stall of this process as the socket's silence."""
        self._progress_at += milliseconds
