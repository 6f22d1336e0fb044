"""The clips that viewers make, with their truth in viewer_clips.jsonl."""

from collections.abc import Callable
from random import Random
from typing import Any
from uuid import uuid4

from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.directory import Stream
from twitch_simulator.helix.archives import Archives
from twitch_simulator.helix.clips import Clip, Clips, slug
from twitch_simulator.truth import Truth

MS = 1000
DAY_MS = 86_400_000


def clip_of(row: dict[str, Any], appears_at: float = 0.0) -> Clip:
    """Build a clip from its row of the truth."""
    return Clip(
        clip_id=row["clip_id"],
        broadcaster_id=row["channel_id"],
        creator_id=row["viewer"],
        creator_name=row["viewer_name"],
        created_at=row["created_at"],
        title=row["title"],
        duration=(row["until_at"] - row["from_at"]) / MS,
        video_id=row["video_id"],
        game_id="",
        vod_offset=row["vod_offset"],
        appears_at=appears_at,
    )


class ViewerClips:
    """Makes clips as viewers do; those of earlier runs are read from the truth."""

    def __init__(self, *, clips: Clips, archives: Archives, truth: Truth, clock: Callable[[], int]) -> None:
        self._clips, self._archives, self._truth, self._clock = clips, archives, truth, clock
        for row in truth.read("viewer_clips"):
            clips.add(clip_of(row))

    def make(
        self,
        stream: Stream,
        viewer: Chatter,
        *,
        shown: tuple[int, int],
        title: str,
        joke: bool = False,
        made_at: int | None = None,
    ) -> dict[str, Any]:
        """Make a clip that shows a span (ms, Twitch's clock), write its truth first, and return the truth's row.

        A span starts at a whole second of the recording, as Twitch says it: so the truth is what Twitch answers.
        """
        began_at = stream.broadcast.started_at // MS * MS
        length = shown[1] - shown[0]
        offset = max(0, (shown[0] - began_at) // MS)
        from_at = began_at + offset * MS
        row: dict[str, Any] = {
            "clip_id": slug(Random(uuid4().int)),
            "channel_id": stream.channel.channel_id,
            "login": stream.channel.login,
            "stream_id": stream.broadcast.stream_id,
            "video_id": stream.broadcast.video_id,
            "vod_offset": offset,
            "created_at": (self._clock() if made_at is None else made_at) // MS * MS,
            "from_at": from_at,
            "until_at": from_at + length,
            "title": title,
            "viewer": viewer.user_id,
            "viewer_name": viewer.display_name,
            "joke": joke,
        }
        self._archives.look()
        self._truth.write("viewer_clips", row)
        self._truth.flush(0)
        self._clips.add(clip_of(row, self._clips.appears_at()))
        return row

    def delete(self, clip_id: str) -> bool:
        """Delete a clip; return whether it was there."""
        return self._clips.remove(clip_id)

    def delete_recording(self, video_id: str) -> bool:
        """Delete a recording: its clips stay, without a place in it. Return whether it was there."""
        self._clips.lose_recording(video_id)
        return self._archives.delete(video_id)
