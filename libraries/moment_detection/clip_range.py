"""Which part of the stream a moment's clip shows. All times are milliseconds since 1970.

This range goes into the moment; clip_creator/decision/wanted_range.py says until when it can be requested.
"""

from contracts.clips import CLIP_MARGIN_MS, LONGEST_CLIP_MS, REACTION_MS

LEAD_MS = 20_000  # shown before it: the segments that people chose begin some 45 s before the peak


def clip_range(crossed_at: int, peak_at: int) -> tuple[int, int]:
    """Return the clip's begin and end: from before the earliest picture that chat can have reacted to, to the peak.

    It ends with the peak itself rather than the picture behind it: the reaction is worth seeing. If the whole is too
    long for a clip, the beginning is cut, since the end shows what the peak reacted to.
    """
    until = peak_at + CLIP_MARGIN_MS
    return max(crossed_at - REACTION_MS[1] - LEAD_MS, until - LONGEST_CLIP_MS), until
