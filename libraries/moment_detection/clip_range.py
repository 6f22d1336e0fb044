"""Which stretch of the picture a moment's clip shows. Pure: all times are milliseconds since 1970."""

REACTION_MS = (10_000, 20_000)  # chat follows the picture by this much
LEAD_MS = 20_000  # of picture that leads up to it: people's own segments begin some 45 s before the peak
MARGIN_MS = 5_000  # after the peak
LONGEST_MS = 60_000  # that Twitch publishes


def stretch(crossed_at: int, peak_at: int) -> tuple[int, int]:
    """From what led up to the earliest picture that the crowd can have reacted to, to a little after its peak.

    The end is the peak's and not that of its picture: nobody knows a peak before, and the reaction is worth seeing. A
    rise too long for one clip keeps its end, which has the picture of the peak.
    """
    until = peak_at + MARGIN_MS
    return max(crossed_at - REACTION_MS[1] - LEAD_MS, until - LONGEST_MS), until
