"""Twitch's list of streams sometimes comes nearly empty: such an answer is believed once it stays so."""

MANY = 5  # channels that ran; of fewer all may well have ended at once
LEFT_SHARE = 0.1  # of those that ran; so few are left only when Twitch is wrong


class Doubt:
    """Remembers since when answers are doubtful; times are seconds of one clock."""

    def __init__(self, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._since: float | None = None

    def doubts(self, ran: int, left: int, now: float) -> bool:
        """Return whether to keep what is known: of `ran` channels that ran the answer has `left`."""
        if ran < MANY or left > ran * LEFT_SHARE:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        return now - self._since < self._patience_seconds
