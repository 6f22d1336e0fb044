"""Enforces a pause after a channel's clip. Pure: uses the moments' own times, so a replay decides the same."""

from collections import defaultdict

FORGET_MS = 24 * 3_600_000  # far beyond both the cool-down and the age at which a moment can be clipped


class Cooldown:
    """Remembers for which moments a clip was requested."""

    def __init__(self, seconds: float) -> None:
        self._pause_ms = seconds * 1000
        self._requested: dict[str, set[int]] = defaultdict(set)

    def add_request(self, channel_id: str, crossed_at: int) -> None:
        """Remember a clip request for this moment."""
        kept = {each for each in self._requested[channel_id] if each > crossed_at - FORGET_MS}
        self._requested[channel_id] = kept | {crossed_at}

    def remove_request(self, channel_id: str, crossed_at: int) -> None:
        """Forget a request that Twitch refused: no clip was made of it."""
        self._requested[channel_id].discard(crossed_at)

    def remaining_seconds(self, channel_id: str, crossed_at: int) -> float:
        """Return the seconds of the pause left at this moment; 0.0 if a clip may be requested."""
        nearest = min((abs(crossed_at - each) for each in self._requested.get(channel_id, ())), default=self._pause_ms)
        return max(0.0, (self._pause_ms - nearest) / 1000)
