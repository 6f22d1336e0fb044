"""Says which video a clip should show and how late it may be requested. Pure; milliseconds since 1970.

The detector decides what a clip shows (moment_detection/clip_range.py) and writes it into the moment. Here it becomes a
deadline for the request; a moment of an old version, which names no range, gets an estimate.
"""

from dataclasses import dataclass

from contracts.clips import CLIP_MARGIN_MS, LONGEST_CLIP_MS, REACTION_MS
from contracts.moments import Moment

AFTER_CALL_MS = 5_000  # Twitch still captures this much after the call
REACH_MS = 75_000  # Twitch keeps about 85 s before the call; an older crossing is at the edge of that


@dataclass(frozen=True)
class WantedRange:
    """The video a clip should show, and the latest time at which requesting it still makes sense."""

    from_at: int
    until_at: int
    last_call_at: int


def wanted_range_of(moment: Moment) -> WantedRange:
    """Return the range that the moment names; without one, estimate it from the crossing and the peak."""
    from_at, until_at = moment.clip_from_at, moment.clip_until_at
    if from_at is not None and until_at is not None and from_at < until_at:
        return named_range(from_at, until_at)
    return estimated_range(moment.crossed_at, moment.peak_at)


def named_range(from_at: int, until_at: int) -> WantedRange:
    """Build the range that the detector named; one longer than the longest clip keeps its end.

    A late request is still worthwhile until the longest clip would miss the first half of the range.
    """
    kept_from = max(from_at, until_at - LONGEST_CLIP_MS)
    middle = (kept_from + until_at) // 2
    return WantedRange(kept_from, until_at, last_call_at=middle + LONGEST_CLIP_MS - AFTER_CALL_MS)


def estimated_range(crossed_at: int, peak_at: int) -> WantedRange:
    """Span from the earliest video that chat may have reacted to, to the peak, with a margin on both sides.

    A late request is still worthwhile while Twitch has the crossing and the longest clip shows the peak's video.
    """
    peak_video_at = peak_at - REACTION_MS[0]
    last_call_at = min(crossed_at + REACH_MS, peak_video_at + LONGEST_CLIP_MS - AFTER_CALL_MS)
    return WantedRange(earliest_cause_at(crossed_at) - CLIP_MARGIN_MS, peak_at + CLIP_MARGIN_MS, last_call_at)


def earliest_cause_at(crossed_at: int) -> int:
    """Return the earliest time in the video that chat can have reacted to."""
    return crossed_at - REACTION_MS[1]
