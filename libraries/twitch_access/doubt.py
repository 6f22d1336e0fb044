"""Twitch sometimes lists hardly any stream by mistake: believe a nearly empty list only if it lasts."""

MANY = 5  # live channels before; with fewer, all may well have ended at once
LEFT_SHARE = 0.1  # of them still listed, or fewer: then Twitch is probably wrong


class Doubt:
    """Remembers since when answers are doubtful; times are seconds of one clock."""

    def __init__(self, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._since: float | None = None

    def doubts(self, ran: int, left: int, now: float) -> bool:
        """Return whether to ignore an answer that still lists `left` of the `ran` channels that were live before."""
        if ran < MANY or left > ran * LEFT_SHARE:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return now - self._since < self._patience_seconds
