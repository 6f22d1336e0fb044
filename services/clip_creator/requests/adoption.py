"""Adopts the clip of an intent whose answer was lost: finds it among our own clips of that time."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import structlog

from clip_creator.clip_log import records
from clip_creator.requests.context import StepContext
from contracts.clips import Clip
from twitch_access.answers import FoundClip
from twitch_access.errors import TwitchError

log = structlog.get_logger()
BEFORE = timedelta(seconds=30)  # our clock may be ahead of Twitch's
AFTER = timedelta(seconds=150)  # a request may wait up to 75 s for Twitch's rate limit


def search_window(clip: Clip) -> tuple[datetime, datetime]:
    """Return the first and last time at which the clip can have been made."""
    decided_at = datetime.fromtimestamp(clip.decided_at / 1000, UTC)
    return decided_at - BEFORE, decided_at + AFTER


def matching_clip(
    clip: Clip, candidates: Iterable[FoundClip], creator_id: str, belongs_to_another: Callable[[str], bool]
) -> FoundClip | None:
    """Return the candidate made for this intent: same creator, channel, time and title, and no other moment's.

    An intent whose title was refused is matched without the title. Of several, the one closest to the intent wins.
    """
    start, end = search_window(clip)
    matching = [
        found
        for found in candidates
        if found.broadcaster_id == clip.channel_id
        and start <= found.created_at <= end
        and (not creator_id or found.creator_id == creator_id)
        and (not clip.title or found.title == clip.title)
        and not belongs_to_another(found.id)
    ]
    decided_at = datetime.fromtimestamp(clip.decided_at / 1000, UTC)
    return min(matching, key=lambda found: abs(found.created_at - decided_at), default=None)


class Adoption:
    """A step that searches for one intent's clip until it is found or its time is over. It never requests a clip."""

    def __init__(self, context: StepContext, clip: Clip) -> None:
        self._context = context
        self._clip = clip
        self._attempts = 0

    def __call__(self) -> float | None:
        context = self._context
        if not context.latest_clips.is_current(self._clip):
            return None  # another process has recorded the outcome
        found = self._search()
        now = context.now()
        if found is not None:
            context.writer.write(records.made(self._clip, found, now))
            return None
        if now - self._clip.decided_at > context.settings.adoption_seconds * 1000:
            context.writer.write(records.following(self._clip, "unknown", now, records.NOT_ANSWERED))
            return None
        self._attempts += 1
        return now / 1000 + context.settings.polling().wait_seconds(1 + self._attempts // 2)

    def _search(self) -> FoundClip | None:
        context, clip = self._context, self._clip
        try:
            candidates = context.helix.get_clips_between(clip.channel_id, *search_window(clip))
            creator_id = context.creator_id()
        except TwitchError as error:
            log.warning("search for own clips failed", moment=clip.moment_id, reason=str(error))
            return None
        latest_clips = context.latest_clips
        return matching_clip(
            clip, candidates, creator_id, lambda clip_id: latest_clips.belongs_to_another(clip_id, clip.moment_id)
        )
