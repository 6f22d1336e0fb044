"""When to ask for a clip and how long to make it. Pure: all times are milliseconds since 1970.

Twitch captures from about 85 s before the call to 5 s after it and publishes the last `duration` seconds of that.
"""

import math
from dataclasses import dataclass

from contracts.moments import Moment

AFTER_CALL_MS = 5_000  # captured after the call
REACTION_MS = (10_000, 20_000)  # chat follows the picture by this much
MARGIN_MS = 5_000  # of picture before the cause and after the peak
SHORTEST_SECONDS, LONGEST_SECONDS = 5.0, 60.0  # that Twitch publishes
LONGEST_MS = round(LONGEST_SECONDS * 1000)
REACH_MS = 75_000  # a crossing older than this lies at the rim of what Twitch has captured
LONGEST_DELAY_MS = 10_000  # a stretch that ends further in the future is a wrong clock


@dataclass(frozen=True)
class Stretch:
    """The picture that a clip should show, and the last time at which asking for it makes sense."""

    from_at: int
    until_at: int
    last_call: int


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


def stretch_of(moment: Moment) -> Stretch:
    """What the moment says of its picture; of one that says nothing, the picture before its crossing and its peak."""
    from_at, until_at = moment.clip_from_at, moment.clip_until_at
    if from_at is not None and until_at is not None and from_at < until_at:
        return told(from_at, until_at)
    return derived(moment.crossed_at, moment.peak_at)


def told(from_at: int, until_at: int) -> Stretch:
    """A stretch that the detector names. One longer than the longest clip keeps its end.

    Late is better than never until half of it is out of the longest clip.
    """
    kept_from = max(from_at, until_at - LONGEST_MS)
    middle = (kept_from + until_at) // 2
    return Stretch(kept_from, until_at, middle + LONGEST_MS - AFTER_CALL_MS)


def derived(crossed_at: int, peak_at: int) -> Stretch:
    """From the earliest picture that chat may have reacted to, to the peak, with their margins.

    Late is better than never while the crossing is in reach and the picture of the peak is in the longest clip.
    """
    peak_picture_at = peak_at - REACTION_MS[0]
    last_call = min(crossed_at + REACH_MS, peak_picture_at + LONGEST_MS - AFTER_CALL_MS)
    return Stretch(cause_at(crossed_at) - MARGIN_MS, peak_at + MARGIN_MS, last_call)


def cause_at(crossed_at: int) -> int:
    """The earliest time of the picture that chat reacted to."""
    return crossed_at - REACTION_MS[1]


def plan(stretch: Stretch, now: int) -> Plan | None:
    """The call that has the stretch inside, as early as that can be; None when it is too late.

    What is longer than one clip, or asked for late, keeps its end: the clip is as long as Twitch allows.
    """
    ask_at = max(now, min(stretch.until_at - AFTER_CALL_MS, now + LONGEST_DELAY_MS))
    if ask_at > stretch.last_call:
        return None
    wanted = (ask_at + AFTER_CALL_MS - stretch.from_at) / 1000
    duration = math.ceil(min(max(wanted, SHORTEST_SECONDS), LONGEST_SECONDS) * 10) / 10
    return Plan(ask_at, duration)
