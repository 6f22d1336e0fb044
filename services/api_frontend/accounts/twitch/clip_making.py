"""Makes the clip of a moment from the stream's recording: the intent is in Postgres before Twitch is asked.

What Twitch left open is looked for among the channel's clips before it is asked again, so that nothing is made twice.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import structlog

from api_frontend.accounts.twitch.consents import ConsentGoneError, Consents, MissingScopeError
from api_frontend.data.channel_people.own_clips import OwnClip, OwnClips
from api_frontend.data.channel_people.own_moments import OwnMoment
from moment_detection.clip_range import clip_range
from twitch_access.answers import FoundClip
from twitch_access.errors import RateLimited, Refused, Retryable, TwitchError, WrongShape
from twitch_access.helix import Helix
from twitch_access.recorded import NotRecordedError, Stretch, recording_of, stretch_of

ARCHIVES = 100  # of a channel's recordings; Twitch keeps them for 60 days at most
CLOCKS = timedelta(minutes=1)  # by which Twitch's clock and Postgres's may differ
OFF_SECONDS = 2  # by which a clip's place and length may differ from what was asked for
REASONS = {400: "place", 403: "forbidden", 404: "recording_gone"}
Outcome = Literal["asked", "open", "under_way", "made", "refused"]

log = structlog.get_logger()


class NoRecordingError(Exception):
    """Twitch has no recording of the stream (any more), or not of this place."""


class ClipMaking:
    """Every method raises `PostgresAwayError`, `ConsentGoneError`, `MissingScopeError` and `TwitchError`."""

    def __init__(self, consents: Consents, clips: OwnClips) -> None:
        self._consents, self._clips = consents, clips

    async def make(self, channel_id: str, user_id: str, moment: OwnMoment, title: str) -> Outcome:
        """Ask for a moment's clip, unless it was asked for; raises `NoRecordingError`."""
        before = await self._clips.one(moment.moment_id)
        if before is not None and before.state == "unknown" and await self.look(before, user_id):
            return "made"
        stretch = await self._stretch(channel_id, user_id, moment)
        if not await self._clips.intend(channel_id, user_id, moment.moment_id, stretch, title):
            return "under_way"
        log.info("a clip is asked for", channel_id=channel_id, user_id=user_id, moment_id=moment.moment_id)
        return await self._request(channel_id, user_id, moment.moment_id, stretch, title)

    async def _stretch(self, channel_id: str, user_id: str, moment: OwnMoment) -> Stretch:
        document = moment.document
        videos = await self._consents.ask(user_id, lambda helix: helix.get_archives(channel_id, ARCHIVES))
        video = recording_of(videos, document.stream_id, document.crossed_at)
        if video is None:
            raise NoRecordingError
        from_at, until_at = document.clip_from_at, document.clip_until_at
        if from_at is None or until_at is None:
            from_at, until_at = clip_range(document.crossed_at, document.peak_at or document.crossed_at)
        try:
            return stretch_of(video, document.stream_started_at, from_at, until_at)
        except NotRecordedError as error:
            raise NoRecordingError from error

    async def _request(self, channel_id: str, user_id: str, moment_id: str, stretch: Stretch, title: str) -> Outcome:
        def create(helix: Helix) -> str:
            return helix.create_clip_from_vod(
                broadcaster_id=channel_id,
                editor_id=user_id,
                vod_id=stretch.vod_id,
                ends_at=stretch.ends_at,
                duration_seconds=stretch.duration_seconds,
                title=title,
            ).id

        try:
            clip_id = await self._consents.ask(user_id, create)
        except MissingScopeError:
            await self._clips.settle(moment_id, "refused", "scope")
            raise
        except ConsentGoneError:
            await self._clips.settle(moment_id, "unknown", "revoked")
            raise
        except TwitchError as error:
            return await self._settle(moment_id, error)
        await self._clips.name(moment_id, clip_id)
        return "asked"

    async def _settle(self, moment_id: str, error: TwitchError) -> Outcome:
        """Write what an error means: whether Twitch may have made a clip is what matters."""
        log.warning("no answer with a clip", moment_id=moment_id, reason=str(error))
        if isinstance(error, WrongShape) or (isinstance(error, Retryable) and error.reached):
            return "open"
        reason = "away"
        if isinstance(error, RateLimited):
            reason = "busy"
        elif isinstance(error, Refused):
            reason = REASONS.get(error.status, "refused")
        await self._clips.settle(moment_id, "refused", reason)
        return "refused"

    async def look(self, clip: OwnClip, user_id: str = "") -> bool:
        """Look for a clip that was asked for, and make it the moment's; return whether it is there.

        `user_id`: who asks, if somebody else than then.
        """
        found = await self._consents.ask(user_id or clip.user_id, lambda helix: looked_for(helix, clip))
        match = fitting(clip, found)
        if match is None:
            return False
        if not clip.is_open:
            stretch = Stretch(clip.vod_id, clip.ends_at, clip.duration_seconds)
            await self._clips.intend(clip.channel_id, user_id or clip.user_id, clip.moment_id, stretch, clip.title)
        await self._clips.put(clip, match)
        log.info("a clip is there", channel_id=clip.channel_id, moment_id=clip.moment_id, clip_id=match.id)
        return True


def looked_for(helix: Helix, clip: OwnClip) -> Sequence[FoundClip]:
    """Return the clips among which it would be: the one that Twitch named, else those made since it was asked for."""
    if clip.clip_id:
        return helix.get_clips([clip.clip_id])
    return helix.get_clips_between(clip.channel_id, clip.asked_first_at - CLOCKS, clip.now + CLOCKS)


def fitting(clip: OwnClip, found: Sequence[FoundClip]) -> FoundClip | None:
    """Return the one that was asked for: by its id, else by its recording, creator, place and length."""
    if clip.clip_id:
        return next((each for each in found if each.id == clip.clip_id), None)
    starts_at = clip.ends_at - clip.duration_seconds
    for each in found:
        is_there = each.vod_offset is not None and abs(each.vod_offset - starts_at) <= OFF_SECONDS
        is_as_long = each.duration is None or abs(each.duration - clip.duration_seconds) <= OFF_SECONDS
        is_theirs = not clip.user_id or each.creator_id == clip.user_id
        if each.video_id == clip.vod_id and is_theirs and is_there and is_as_long:
            return each
    return None
