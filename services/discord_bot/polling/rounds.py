"""How a round through all followed channels is spread over time: a hundred a request, within the bot's share."""

import math
from collections.abc import Sequence

from twitch_access.doubt import Doubt
from twitch_access.helix import PAGE

POLLS_SHARE = 0.75  # of the bot's requests; the rest is for names, recordings and commands
DOUBT_SECONDS = 300.0  # after which it is believed that nearly all streams of a request ended at once


def parts_of(channel_ids: Sequence[str]) -> list[list[str]]:
    """Return at most a hundred channels at a time."""
    return [list(channel_ids[start : start + PAGE]) for start in range(0, len(channel_ids), PAGE)]


def least_pause_seconds(points_per_minute: float) -> float:
    """Return the time between two requests that the bot's share of Twitch's points leaves at least."""
    return 60.0 / (POLLS_SHARE * points_per_minute)


def pause_seconds(parts: int, poll_seconds: float, points_per_minute: float) -> float:
    """Return the time between two requests: evenly within `poll_seconds`, or slower where the points would not do."""
    return max(poll_seconds / max(1, parts), least_pause_seconds(points_per_minute))


def round_seconds(channels: int, poll_seconds: float, points_per_minute: float) -> float:
    """Return how long a round takes."""
    parts = max(1, math.ceil(channels / PAGE))
    return parts * pause_seconds(parts, poll_seconds, points_per_minute)


class Doubts:
    """Whether an answer that lists hardly any of the streams that ran is believed; one for each part of a round."""

    def __init__(self) -> None:
        self._parts: dict[int, Doubt] = {}

    def doubts(self, part: int, ran: int, left: int, now: float) -> bool:
        """Return whether what an answer does not list is ignored. `now`: seconds of one clock."""
        return self._parts.setdefault(part, Doubt(DOUBT_SECONDS)).doubts(ran, left, now)
