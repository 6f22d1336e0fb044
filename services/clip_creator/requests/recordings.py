"""Finds the recordings (VODs) of streams: each is looked up once, however many of its moments want a link."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from contracts.moments import Moment
from twitch_access.answers import Video, milliseconds
from twitch_access.budget import Share
from twitch_access.errors import RateLimited
from twitch_access.helix import Helix

LONGEST_STREAM_MS = 48 * 3_600_000  # Twitch ends a broadcast after 48 h
POINTS_PER_MINUTE = 20  # of the program's hundred: clips come first
KEPT_STREAMS = 5_000  # about 1 kB each
FOUND_SECONDS = 3_600.0  # a recording keeps its address, but a channel may delete it
MISSED_SECONDS = 600.0  # who has no recording of a stream by now usually keeps none
Stream = tuple[str, str | None]  # channel and stream


@dataclass(frozen=True)
class Place:
    """A moment's place in its stream: `stream_id` and `stream_started_at` may be unknown."""

    channel_id: str
    at: int
    stream_id: str | None = None
    stream_started_at: int | None = None

    @property
    def stream(self) -> Stream:
        """Return which broadcast it is."""
        return self.channel_id, self.stream_id

    @classmethod
    def of(cls, moment: Moment) -> "Place":
        """Return the place of a moment's peak."""
        return cls(moment.channel_id, moment.peak_at, moment.stream_id, moment.stream_started_at)


def recording(videos: Sequence[Video], stream_id: str | None, at: int) -> Video | None:
    """Return the stream's recording; if its id is unknown, the newest one that began before `at`."""
    if stream_id:
        return next((video for video in videos if video.stream_id == stream_id), None)
    started = [video for video in videos if 0 <= at - milliseconds(video.created_at) < LONGEST_STREAM_MS]
    return max(started, key=lambda video: video.created_at, default=None)


class Recordings:
    """A channel's newest recordings, read once for each stream and kept for a while; thread-safe."""

    def __init__(
        self, helix: Helix, points: int = POINTS_PER_MINUTE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._helix, self._clock = helix, clock
        self._share = Share(points)
        self._lock = threading.Lock()
        self._kept: OrderedDict[Stream, tuple[float, list[Video]]] = OrderedDict()

    def known(self, place: Place) -> Video | None:
        """Return the recording if it is known without asking Twitch."""
        read_at, videos = self._of(place)
        return recording(videos, place.stream_id, place.at) if self._clock() - read_at < FOUND_SECONDS else None

    def find(self, place: Place) -> Video | None:
        """Return the recording, None if there is none; raises TwitchError, `RateLimited` above our own share too."""
        found = self.known(place)
        if found is not None or self._clock() - self._of(place)[0] < MISSED_SECONDS:
            return found
        if wait := self._share.take(self._clock()):
            raise RateLimited(time.time() + wait)
        videos = self._helix.get_archives(place.channel_id)
        with self._lock:
            self._kept[place.stream] = self._clock(), videos
            self._kept.move_to_end(place.stream)
            while len(self._kept) > KEPT_STREAMS:
                self._kept.popitem(last=False)
        return recording(videos, place.stream_id, place.at)

    def _of(self, place: Place) -> tuple[float, list[Video]]:
        with self._lock:
            return self._kept.get(place.stream, (float("-inf"), []))
