"""Recordings of broadcasts: of those that run, of those that ended while somebody looked, and ordered ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from twitch_simulator.crowd.channels import Broadcast, Channel
from twitch_simulator.crowd.directory import Directory

MS = 1000


@dataclass(frozen=True)
class Archive:
    """A recording; times in ms since 1970 by Twitch's clock. `until_at`: as far as it goes."""

    channel: Channel
    broadcast: Broadcast
    until_at: int

    @property
    def seconds(self) -> int:
        """How long it is."""
        return max(0, self.until_at - self.broadcast.started_at) // MS


class Archives:
    """All recordings that were not deleted."""

    def __init__(self, directory: Directory, clock: Callable[[], int]) -> None:
        self._directory, self._clock = directory, clock
        self._known: dict[str, Archive] = {}
        self._deleted: set[str] = set()

    def look(self) -> None:
        """Note how far the running ones go."""
        for stream in self._directory.streams():
            self._known[stream.broadcast.video_id] = Archive(stream.channel, stream.broadcast, self._clock())

    def all(self) -> list[Archive]:
        """Return the recordings, the newest first."""
        self.look()
        found = [each for video_id, each in self._known.items() if video_id not in self._deleted]
        return sorted(found, key=lambda each: -each.broadcast.started_at)

    def find(self, video_id: str) -> Archive | None:
        """Return a recording; None if there is none, or not any more."""
        return next((each for each in self.all() if each.broadcast.video_id == video_id), None)

    def add(self, channel: Channel, seconds: int) -> Archive:
        """Add the recording of a broadcast that ended just now."""
        now = self._clock()
        started_at = now - seconds * MS
        ended = Archive(channel, Broadcast(f"5{channel.channel_id}{now}", f"3{now}", started_at), now)
        self._known[ended.broadcast.video_id] = ended
        return replace(ended)

    def delete(self, video_id: str) -> bool:
        """Delete a recording; return whether it was there."""
        was_there = self.find(video_id) is not None
        self._deleted.add(video_id)
        return was_there
