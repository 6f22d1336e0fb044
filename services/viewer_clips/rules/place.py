"""Where a clip lies on the stream's real time."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from contracts.viewer_clips import APART_MS, Location
from twitch_access.answers import FoundClip, milliseconds

USUAL_SECONDS = 30.0  # of a clip whose length Twitch does not say
LONGEST_SECONDS = 60.0
LONGEST_STREAM_MS = 48 * 3_600_000  # Twitch ends a broadcast after that
SLACK_MS = 60_000  # by which clocks and the starts of stream and recording may differ


class Stream(NamedTuple):
    """A broadcast; `ended_at`: None while it is on."""

    stream_id: str
    started_at: int
    ended_at: int | None

    def shows(self, at: int) -> bool:
        """Return whether it was on at a time."""
        return self.started_at <= at <= (self.ended_at or self.started_at + LONGEST_STREAM_MS)


class Recording(NamedTuple):
    """A video; without a `stream_id` it is no broadcast's recording. `began_at`: None where Twitch has none (404)."""

    video_id: str
    stream_id: str | None
    began_at: int | None


class Place(NamedTuple):
    """What a clip shows, ms since 1970; without a `stream_id` the place is not known."""

    stream_id: str | None
    started_at: int
    ended_at: int
    located_by: Location

    def shows_what(self, other: "Place") -> bool:
        """Return whether both show one thing: the same seconds, or seconds close by (`APART_MS`)."""
        return self.started_at <= other.ended_at + APART_MS and other.started_at <= self.ended_at + APART_MS


def seconds_of(clip: FoundClip) -> float:
    """Return a clip's length; what Twitch leaves out or cannot mean becomes a possible one."""
    seconds = clip.duration
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        return USUAL_SECONDS
    return min(seconds, LONGEST_SECONDS)


def offset_of(clip: FoundClip) -> int | None:
    """Return a clip's second in its recording, if Twitch says a possible one."""
    possible = clip.vod_offset is not None and 0 <= clip.vod_offset * 1000 <= LONGEST_STREAM_MS
    return clip.vod_offset if clip.video_id and possible else None


def placed(clip: FoundClip, recording: Recording | None, streams: Iterable[Stream]) -> Place:
    """Return the place by the recording's second, or else the seconds before the viewer made the clip.

    The clip of a video that is no broadcast, or of a time without one, has no known place.
    """
    known = list(streams)
    by_recording = _by_recording(clip, recording, known)
    if by_recording is not None:
        return by_recording
    made_at = milliseconds(clip.created_at)
    is_other = recording is not None and recording.began_at is not None and recording.stream_id is None
    stream = None if is_other else next((each for each in known if each.shows(made_at)), None)
    return Place(stream.stream_id if stream else None, made_at - round(seconds_of(clip) * 1000), made_at, "created_at")


def _by_recording(clip: FoundClip, recording: Recording | None, streams: list[Stream]) -> Place | None:
    offset = offset_of(clip)
    if offset is None or recording is None or recording.stream_id is None or recording.began_at is None:
        return None
    stream = next((each for each in streams if each.stream_id == recording.stream_id), None)
    started_at = (stream.started_at if stream else recording.began_at) + offset * 1000
    if started_at > milliseconds(clip.created_at) + SLACK_MS:
        return None  # nobody clips what is yet to come
    return Place(recording.stream_id, started_at, started_at + round(seconds_of(clip) * 1000), "vod_offset")
