"""Where a stretch of a broadcast is in its recording. Pure; times are milliseconds since 1970."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from twitch_access.answers import Video, milliseconds
from twitch_access.helix import CLIP_SECONDS

LENGTH = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
UNITS = (86_400, 3600, 60, 1)


class NotRecordedError(Exception):
    """The recording does not have it (yet)."""


@dataclass(frozen=True)
class Stretch:
    """A part of a recording that a clip can be made of: its end, and how long it is, in seconds."""

    vod_id: str
    ends_at: int
    duration_seconds: float


def length_seconds(duration: str) -> int:
    """Read a recording's length as Twitch writes it: "3h8m33s"; 0 for anything else."""
    found = LENGTH.fullmatch(duration)
    return sum(unit * int(each) for unit, each in zip(UNITS, found.groups(), strict=True) if each) if found else 0


def recording_of(videos: Iterable[Video], stream_id: str | None, at: int) -> Video | None:
    """Return the recording of a broadcast: by its id, else the one that runs at this time."""
    archives = list(videos)
    if stream_id and (named := next((each for each in archives if each.stream_id == stream_id), None)):
        return named
    running = [
        each
        for each in archives
        if milliseconds(each.created_at) <= at <= milliseconds(each.created_at) + 1000 * length_seconds(each.duration)
    ]
    return running[0] if running and not stream_id else None


def stretch_of(video: Video, started_at: int | None, from_at: int, until_at: int) -> Stretch:
    """Return the stretch that shows [from_at, until_at); cut where the recording begins and ends.

    `started_at`: of the broadcast; None is when the recording began. Raises `NotRecordedError`.
    """
    begins = milliseconds(video.created_at) if started_at is None else started_at
    length = length_seconds(video.duration)
    ends_at = min(math.ceil((until_at - begins) / 1000), length)
    starts_at = max(0.0, (from_at - begins) / 1000)
    duration = min(round(ends_at - starts_at, 1), CLIP_SECONDS[1])
    if duration < CLIP_SECONDS[0]:
        raise NotRecordedError(f"the recording has {length} s")
    return Stretch(video.id, ends_at, duration)
