"""How far one socket has answered: nothing that Twitch sent before that time is still to come on it."""

QUIET_MS = 500  # without progress for so long, we ask; half a second keeps the ticks about two seconds behind
DEAF_MS = 10_000  # without an answer for so long, the socket is dead though it looks open


class Answered:
    """`through` is on Twitch's clock; the other times are the machine's. All in milliseconds."""

    def __init__(self, opened_at: int, twitch_now: int) -> None:
        self.through = twitch_now
        self._progress_at = opened_at
        self._asked_at = 0

    def message(self, received_at: int, sent_at: int, twitch_now: int) -> None:
        """A message came. One from the future proves nothing beyond now."""
        self._advance(received_at, min(sent_at, twitch_now))

    def pong(self, received_at: int, twitch_time_asked: int) -> None:
        """Twitch answered a question asked at that time on its clock."""
        self._advance(received_at, twitch_time_asked)

    def _advance(self, received_at: int, through: int) -> None:
        if through > self.through:
            self.through = through
            self._progress_at = received_at

    def ask(self, now: int) -> bool:
        """Whether to send a PING now; remembers that it was sent."""
        if now - self._progress_at < QUIET_MS or now - self._asked_at < QUIET_MS:
            return False
        self._asked_at = now
        return True

    def is_deaf(self, now: int) -> bool:
        """Whether nothing was answered for too long."""
        return now - self._progress_at >= DEAF_MS

    def forgive(self, milliseconds: int) -> None:
        """We ourselves were not listening for so long: that is not the socket's fault."""
        self._progress_at += milliseconds
