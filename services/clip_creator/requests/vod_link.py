"""Links a moment that was too late for a clip, or refused, to the stream's recording (VOD)."""

from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.context import StepContext
from contracts.clips import Clip
from contracts.moments import Moment
from twitch_access.answers import Video, milliseconds
from twitch_access.errors import Retryable, TwitchError

log = structlog.get_logger()
LEAD_MS = 25_000  # chat reacts up to 20 s after the video, and 5 s of lead-in
LONGEST_STREAM_MS = 48 * 3_600_000  # Twitch ends a broadcast after 48 h
GIVE_UP_MS = 24 * 3_600_000  # stop retrying failed lookups after a day


def link(url: str, offset_seconds: int) -> str:
    """Return the recording's URL at `offset_seconds`, in Twitch's form `?t=1h2m3s`."""
    hours, rest = divmod(max(0, offset_seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"t={hours}h{minutes}m{seconds}s"))


def recording(videos: Sequence[Video], stream_id: str | None, at: int) -> Video | None:
    """Return the stream's recording; if its id is unknown, the newest one that began before `at`."""
    if stream_id:
        return next((video for video in videos if video.stream_id == stream_id), None)
    started = [video for video in videos if 0 <= at - milliseconds(video.created_at) < LONGEST_STREAM_MS]
    return max(started, key=lambda video: video.created_at, default=None)


def vod_url(
    videos: Sequence[Video], at: int, stream_id: str | None = None, stream_started_at: int | None = None
) -> str | None:
    """Return the URL of time `at` in the stream's recording; None if there is none."""
    video = recording(videos, stream_id, at)
    if video is None:
        return None
    started_at = stream_started_at if stream_started_at else milliseconds(video.created_at)
    return link(video.url, (at - started_at - LEAD_MS) // 1000)


class VodLink:
    """A step that adds the link to a `too_late` or `refused` record.

    Without `moment`, as after a restart, the recording is found by the time of the crossing.
    """

    def __init__(self, context: StepContext, clip: Clip, moment: Moment | None = None) -> None:
        self._context = context
        self._clip = clip
        self._at = moment.peak_at if moment else clip.crossed_at
        self._stream_id = moment.stream_id if moment else None
        self._stream_started_at = moment.stream_started_at if moment else None
        self._attempts = 0

    def __call__(self) -> float | None:
        context = self._context
        if not context.latest_clips.is_current(self._clip):
            return None  # another process has recorded the link
        now = context.now()
        try:
            videos = context.helix.get_archives(self._clip.channel_id)
        except TwitchError as error:
            log.warning("recording lookup failed", channel=self._clip.channel_id, reason=str(error))
            if isinstance(error, Retryable) and now - self._clip.decided_at < GIVE_UP_MS:
                self._attempts += 1
                polling = context.settings.polling(longest_seconds=600.0)
                return now / 1000 + polling.wait_seconds(1 + self._attempts)
            videos = []
        url = vod_url(videos, self._at, self._stream_id, self._stream_started_at)
        reason = self._clip.reason if url else f"{self._clip.reason}; {records.NO_RECORDING}"
        context.writer.write(records.following(self._clip, self._clip.status, now, reason, vod_url=url))
        return None
