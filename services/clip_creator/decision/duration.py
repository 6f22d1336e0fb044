"""Decides when to call Create Clip and the clip's duration. Pure; times are milliseconds since 1970.

Twitch captures from about 85 s before the call to 5 s after it and publishes the last `duration` seconds of that.
"""

import math
from dataclasses import dataclass

from clip_creator.decision.wanted_range import AFTER_CALL_MS, WantedRange
from contracts.clips import LONGEST_CLIP_MS

SHORTEST_SECONDS, LONGEST_SECONDS = 5.0, LONGEST_CLIP_MS / 1000  # that Twitch publishes
MAX_DELAY_MS = 10_000  # a range that ends further in the future comes from a wrong clock


@dataclass(frozen=True)
class ClipPlan:
    """Call at `call_at` for a clip of `duration_seconds`, a multiple of 0.1."""

    call_at: int
    duration_seconds: float

    def starts_at(self) -> float:
        """Return where the published clip begins."""
        return self.ends_at() - self.duration_seconds * 1000

    def ends_at(self) -> int:
        """Return where the published clip ends."""
        return self.call_at + AFTER_CALL_MS


def plan_clip(clip_range: WantedRange, now: int) -> ClipPlan | None:
    """Plan the earliest call whose clip contains the range; None if it is too late.

    A range that is longer than one clip, or requested late, keeps its end: the clip is as long as Twitch allows.
    """
    call_at = max(now, min(clip_range.until_at - AFTER_CALL_MS, now + MAX_DELAY_MS))
    if call_at > clip_range.last_call_at:
        return None
    wanted = (call_at + AFTER_CALL_MS - clip_range.from_at) / 1000
    duration = math.ceil(min(max(wanted, SHORTEST_SECONDS), LONGEST_SECONDS) * 10) / 10
    return ClipPlan(call_at, duration)
