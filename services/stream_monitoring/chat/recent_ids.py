"""Ids of the records of the last minute or two: what comes on two sockets counts once."""

GENERATION_MS = 60_000
GENERATION_ENTRIES = 600_000  # at 5,000 messages per second a generation holds two minutes


class RecentIds:
    """Two generations of ids; an id is remembered for at least one generation, at most two."""

    def __init__(self) -> None:
        self._recent: set[bytes] = set()
        self._older: set[bytes] = set()
        self._rotated_at = 0

    def add(self, record_id: bytes) -> bool:
        """Remember the id; return whether it is new."""
        if record_id in self._recent or record_id in self._older:
            return False
        self._recent.add(record_id)
        return True

    def rotate(self, now: int) -> None:
        """Begin a new generation where the present one is a minute old or full; `now` in milliseconds."""
        if now - self._rotated_at >= GENERATION_MS or len(self._recent) >= GENERATION_ENTRIES:
            self._older, self._recent, self._rotated_at = self._recent, set(), now
