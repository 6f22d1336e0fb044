"""Looks up the recordings that clips are of."""

from collections.abc import Callable, Iterable

from twitch_access.answers import FoundClip, Video, milliseconds
from viewer_clips.kept.store import Store
from viewer_clips.rules.place import Recording

ARCHIVE = "archive"  # a broadcast's recording; highlights and uploads have other seconds


def recording_of(video: Video) -> Recording:
    """Return what is kept of a video."""
    stream_id = video.stream_id if video.type == ARCHIVE else None
    return Recording(video.id, stream_id or None, milliseconds(video.created_at))


def find_recordings(
    get_videos: Callable[[list[str]], list[Video]], store: Store, channel_id: str, clips: Iterable[FoundClip], now: int
) -> dict[str, Recording]:
    """Return by id the recordings of clips; a deleted one is kept as such, and asked for again after some hours.

    Raises a TwitchError.
    """
    wanted = {clip.video_id for clip in clips if clip.video_id}
    known = store.recordings(wanted, now)
    unknown = sorted(wanted - known.keys())
    if unknown:
        found = {video.id: recording_of(video) for video in get_videos(unknown)}
        found |= {each: Recording(each, None, None) for each in unknown if each not in found}
        store.note_recordings(channel_id, found.values(), now)
        known |= found
    return known
