"""Message ids seen in the last minute or two: the same message on two sockets counts once."""

GENERATION_MS = 60_000
GENERATION_ENTRIES = 600_000  # at 5,000 messages a second a generation holds two minutes


class RecentIds:
    """Two generations of ids; an id is remembered for at least one generation, at most two.

    The parser adds many ids at once to `recent`.
    """

    def __init__(self) -> None:
        self.recent: set[bytes] = set()
        self.older: set[bytes] = set()
        self._turned_at = 0

    def seen(self, message_id: bytes) -> bool:
        """Whether the id came before; remembers it."""
        if message_id in self.recent or message_id in self.older:
            return True
        self.recent.add(message_id)
        return False

    def are_new(self, message_ids: set[bytes]) -> bool:
        """Whether none of them came before; remembers nothing."""
        return self.recent.isdisjoint(message_ids) and self.older.isdisjoint(message_ids)

    def turn(self, now: int) -> None:
        """Begin a new generation where the present one is a minute old or full; `now` in milliseconds."""
        if now - self._turned_at >= GENERATION_MS or len(self.recent) >= GENERATION_ENTRIES:
            self.older, self.recent, self._turned_at = self.recent, set(), now
