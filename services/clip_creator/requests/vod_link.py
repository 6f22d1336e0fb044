"""Links a moment without a clip to the stream's recording (VOD)."""

from urllib.parse import urlsplit, urlunsplit

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.context import StepContext
from clip_creator.requests.recordings import MISSED_SECONDS, Place
from contracts.clips import Clip
from contracts.moments import Moment
from twitch_access.answers import Video, milliseconds
from twitch_access.errors import RateLimited, Retryable, TwitchError

log = structlog.get_logger()
LEAD_MS = 25_000  # chat reacts up to 20 s after the video, and 5 s of lead-in
YOUNG_MS = 15 * 60_000  # of a stream this young the recording may not be listed yet
GIVE_UP_MS = 24 * 3_600_000  # stop retrying failed lookups after a day


def link(url: str, offset_seconds: int) -> str:
    """Return the recording's URL at `offset_seconds`, in Twitch's form `?t=1h2m3s`."""
    hours, rest = divmod(max(0, offset_seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"t={hours}h{minutes}m{seconds}s"))


def vod_url(video: Video | None, place: Place) -> str | None:
    """Return the URL of the place in the recording; None without a recording."""
    if video is None:
        return None
    started_at = place.stream_started_at if place.stream_started_at else milliseconds(video.created_at)
    return link(video.url, (place.at - started_at - LEAD_MS) // 1000)


def known_link(context: StepContext, clip: Clip, moment: Moment | None = None) -> str | None:
    """Return the link if the recording is known without asking Twitch."""
    place = place_of(clip, moment)
    return vod_url(context.recordings.known(place), place)


def found_link(context: StepContext, clip: Clip) -> str | None:
    """Return the link; None if there is no recording, or if Twitch does not say."""
    place = place_of(clip)
    try:
        return vod_url(context.recordings.find(place), place)
    except TwitchError as error:
        log.warning("recording lookup failed", channel=clip.channel_id, reason=str(error))
        return None


def place_of(clip: Clip, moment: Moment | None = None) -> Place:
    """Return where the moment is. After a restart there is no `moment`: find the stream by the time of the crossing."""
    return Place.of(moment) if moment else Place(clip.channel_id, clip.crossed_at)


class VodLink:
    """A step that adds the link to a record without a clip."""

    def __init__(self, context: StepContext, clip: Clip, moment: Moment | None = None) -> None:
        self._context = context
        self._clip = clip
        self._place = place_of(clip, moment)
        self._attempts = self._looks = 0

    def __call__(self) -> float | None:
        context = self._context
        if not context.latest_clips.is_current(self._clip):
            return None  # another process has recorded the link
        now = context.now()
        try:
            video = context.recordings.find(self._place)
        except TwitchError as error:
            if isinstance(error, Retryable) and now - self._clip.decided_at < GIVE_UP_MS:
                return self._again_at(error, now)
            log.warning("recording lookup failed", channel=self._clip.channel_id, reason=str(error))
            video = None
        if video is None and self._is_first_of_young_stream():
            return now / 1000 + MISSED_SECONDS
        url = vod_url(video, self._place)
        reason = self._clip.reason if url else f"{self._clip.reason}; {records.NO_RECORDING}"
        context.writer.write(records.following(self._clip, self._clip.status, now, reason, vod_url=url))
        return None

    def _is_first_of_young_stream(self) -> bool:
        self._looks += 1
        started_at = self._place.stream_started_at
        return self._looks == 1 and started_at is not None and self._place.at - started_at < YOUNG_MS

    def _again_at(self, error: Retryable, now: int) -> float:
        if isinstance(error, RateLimited):  # not its fault: others come first
            return max(error.reset_at, now / 1000 + self._context.settings.poll_seconds)
        log.warning("recording lookup failed", channel=self._clip.channel_id, reason=str(error))
        self._attempts += 1
        return now / 1000 + self._context.settings.polling(longest_seconds=600.0).wait_seconds(1 + self._attempts)
