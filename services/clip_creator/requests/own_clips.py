"""Finds the clip of a request whose answer was lost, among our own clips of that time."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from clip_creator.requests.context import StepContext
from contracts.clips import Clip
from twitch_access.answers import FoundClip

BEFORE = timedelta(seconds=30)  # our clock may be ahead of Twitch's
AFTER = timedelta(seconds=150)  # a request may wait up to 75 s for Twitch's rate limit
AFTER_REQUEST = timedelta(seconds=60)  # where it is known when Twitch was asked
SAME_SECONDS = 10.0  # clips this near to the request are all as near: the title decides between them


def search_window(clip: Clip, asked_at: int | None = None) -> tuple[datetime, datetime]:
    """Return the first and last time at which the clip can have been made; `asked_at`: when Twitch was asked."""
    if asked_at is not None:
        return utc(asked_at) - BEFORE, utc(asked_at) + AFTER_REQUEST
    return utc(clip.decided_at) - BEFORE, utc(clip.decided_at) + AFTER


def utc(milliseconds: int) -> datetime:
    """Convert from milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def matching_clip(
    clip: Clip,
    candidates: Iterable[FoundClip],
    creator_id: str,
    belongs_to_another: Callable[[str], bool],
    asked_at: int | None = None,
) -> FoundClip | None:
    """Return the candidate made for this intent: same creator, channel and second, and no other moment's.

    The title only decides between clips of the same time: Twitch trims and changes titles. Without a known creator
    it has to be the same.
    """
    start, end = search_window(clip, asked_at)
    second = utc(asked_at if asked_at is not None else clip.decided_at)
    matching = [
        found
        for found in candidates
        if found.broadcaster_id == clip.channel_id
        and start <= found.created_at <= end
        and (found.creator_id == creator_id if creator_id else has_title(found, clip))
        and not belongs_to_another(found.id)
    ]

    def distance(found: FoundClip) -> tuple[bool, bool, float]:
        seconds = abs((found.created_at - second).total_seconds())
        return seconds > SAME_SECONDS, not has_title(found, clip), seconds

    return min(matching, key=distance, default=None)


def has_title(found: FoundClip, clip: Clip) -> bool:
    """Return whether the clip has the title that was asked for, blanks and capitals aside; any, if none was."""
    return not clip.title or words(found.title) == words(clip.title)


def words(title: str) -> str:
    """Return a title as it compares."""
    return " ".join(title.split()).casefold()


def search(context: StepContext, clip: Clip, asked_at: int | None = None) -> FoundClip | None:
    """Return an intent's clip among our own at Twitch. Raises TwitchError."""
    candidates = context.helix.get_clips_between(clip.channel_id, *search_window(clip, asked_at))
    latest_clips = context.latest_clips
    return matching_clip(
        clip,
        candidates,
        context.creator_id(),
        lambda clip_id: latest_clips.belongs_to_another(clip_id, clip.moment_id),
        asked_at,
    )
