"""The link into the stream's recording, for a moment that no clip could reach."""

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

import structlog

from clip_creator import outcomes
from clip_creator.workbench import Workbench
from contracts.clips import Clip
from twitch_access.answers import Video, milliseconds
from twitch_access.errors import Retryable, TwitchError

log = structlog.get_logger()
LEAD_MS = 25_000  # chat's reaction follows the picture by up to 20 s, and 5 s to see it come
LONGEST_STREAM_MS = 48 * 3_600_000  # Twitch ends a broadcast after 48 h
DAY_MS = 24 * 3_600_000  # a recording that Twitch did not show for a day is not coming


def link(url: str, offset_seconds: int) -> str:
    """The recording's address at `offset_seconds`, as Twitch reads it: `?t=1h2m3s`."""
    hours, rest = divmod(max(0, offset_seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"t={hours}h{minutes}m{seconds}s"))


def recording(videos: Sequence[Video], stream_id: str | None, at: int) -> Video | None:
    """The recording of the stream; where its id is not known, the newest that began before `at`."""
    if stream_id:
        return next((video for video in videos if video.stream_id == stream_id), None)
    begun = [video for video in videos if 0 <= at - milliseconds(video.created_at) < LONGEST_STREAM_MS]
    return max(begun, key=lambda video: video.created_at, default=None)


def vod_url(
    videos: Sequence[Video], at: int, stream_id: str | None = None, stream_started_at: int | None = None
) -> str | None:
    """The address of the moment at `at` in the stream's recording; None where there is none."""
    video = recording(videos, stream_id, at)
    if video is None:
        return None
    started_at = stream_started_at if stream_started_at else milliseconds(video.created_at)
    return link(video.url, (at - started_at - LEAD_MS) // 1000)


class VodLink:
    """A step that adds the link to a moment recorded as too late.

    What the moment told of its stream is passed in; after a restart the recording is found by its time.
    """

    def __init__(
        self,
        bench: Workbench,
        clip: Clip,
        at: int | None = None,
        stream_id: str | None = None,
        stream_started_at: int | None = None,
    ) -> None:
        self._bench = bench
        self._clip = clip
        self._at = clip.crossed_at if at is None else at
        self._stream_id = stream_id
        self._stream_started_at = stream_started_at
        self._turn = 0

    def __call__(self) -> float | None:
        if not self._bench.ledger.is_current(self._clip):
            return None
        now = self._bench.now()
        try:
            videos = self._bench.helix.get_archives(self._clip.channel_id)
        except TwitchError as error:
            log.warning("recordings not looked up", channel=self._clip.channel_id, reason=str(error))
            if isinstance(error, Retryable) and now - self._clip.decided_at < DAY_MS:
                self._turn += 1
                return now / 1000 + self._bench.settings.polling(longest_seconds=600.0).wait_seconds(1 + self._turn)
            videos = []
        url = vod_url(videos, self._at, self._stream_id, self._stream_started_at)
        reason = self._clip.reason if url else f"{self._clip.reason}; {outcomes.NO_RECORDING}"
        self._bench.journal.record(outcomes.following(self._clip, "too_late", now, reason, vod_url=url))
        return None
