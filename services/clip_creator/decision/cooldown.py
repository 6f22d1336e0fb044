"""A channel's pause after a clip. Pure: by the moments' own times, so a replay decides the same."""

from collections import defaultdict

FORGET_MS = 24 * 3_600_000  # older clips cannot be near a moment that is in reach


class CoolDown:
    """Remembers the moments whose clips were asked for."""

    def __init__(self, seconds: float) -> None:
        self._pause_ms = seconds * 1000
        self._asked: dict[str, set[int]] = defaultdict(set)

    def note(self, channel_id: str, crossed_at: int) -> None:
        """A clip of this moment is asked for."""
        kept = {each for each in self._asked[channel_id] if each > crossed_at - FORGET_MS}
        self._asked[channel_id] = kept | {crossed_at}

    def remaining_seconds(self, channel_id: str, crossed_at: int) -> float:
        """Seconds of the pause left at this moment; 0.0 where a clip may be asked for."""
        nearest = min((abs(crossed_at - each) for each in self._asked.get(channel_id, ())), default=self._pause_ms)
        return max(0.0, (self._pause_ms - nearest) / 1000)
