"""When to ask for a clip and how long to make it. Pure: all times are milliseconds since 1970.

Twitch captures from about 85 s before the call to 5 s after it and publishes the last `duration` seconds of that.
"""

import math
from dataclasses import dataclass

AFTER_CALL_MS = 5_000  # captured after the call
REACTION_MS = (10_000, 20_000)  # chat follows the picture by this much
MARGIN_MS = 5_000  # of picture before the cause and after the peak
SHORTEST_SECONDS, LONGEST_SECONDS = 5.0, 60.0  # that Twitch publishes
REACH_MS = 75_000  # a crossing older than this lies at the rim of what Twitch has captured
LONGEST_DELAY_MS = 10_000  # a peak further in the future is a wrong clock


@dataclass(frozen=True)
class Plan:
    """Ask at `ask_at` for a clip of `duration_seconds`, a multiple of 0.1."""

    ask_at: int
    duration_seconds: float

    def starts_at(self) -> float:
        """Where the published clip begins."""
        return self.ends_at() - self.duration_seconds * 1000

    def ends_at(self) -> int:
        """Where the published clip ends."""
        return self.ask_at + AFTER_CALL_MS


def cause_at(crossed_at: int) -> int:
    """The earliest time of the picture that chat reacted to."""
    return crossed_at - REACTION_MS[1]


def plan(crossed_at: int, peak_at: int, now: int) -> Plan | None:
    """The call that has the cause and the peak with their margins inside; None when it is too late.

    A rise too long for one clip keeps its peak: the clip is as long as Twitch allows and ends as early as it can.
    """
    ask_at = max(now, min(peak_at + MARGIN_MS - AFTER_CALL_MS, now + LONGEST_DELAY_MS))
    if ask_at > last_call(crossed_at, peak_at):
        return None
    wanted = (ask_at + AFTER_CALL_MS - (cause_at(crossed_at) - MARGIN_MS)) / 1000
    duration = math.ceil(min(max(wanted, SHORTEST_SECONDS), LONGEST_SECONDS) * 10) / 10
    return Plan(ask_at, duration)


def last_call(crossed_at: int, peak_at: int) -> int:
    """The last time to ask: the crossing is in reach, and the picture of the peak is in the longest clip."""
    peak_picture_at = peak_at - REACTION_MS[0]
    return min(crossed_at + REACH_MS, peak_picture_at + round(LONGEST_SECONDS * 1000) - AFTER_CALL_MS)
