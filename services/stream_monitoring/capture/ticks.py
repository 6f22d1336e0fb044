"""How far the log is complete: the tick's time from what the sockets have answered."""

from collections.abc import Iterable


def next_tick(last: int, answered_through: Iterable[int], now: int, lag_ms: int) -> int:
    """The next tick, milliseconds of Twitch's clock: never before `last`, never past what a socket answered.

    `answered_through` holds one time for each open socket; without any, nothing can arrive from before `now`.
    """
    return max(last, min((*answered_through, now)) - lag_ms)
