"""Each moment's latest clip record, as read from and written to the topic `clips`."""

import threading
from collections.abc import Collection

from clip_creator.clip_log.records import is_open
from contracts.clips import Clip


class LatestClips:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revisions: dict[str, int] = {}  # moment id to its highest revision number
        self._open: dict[str, Clip] = {}  # records that still lack an outcome or a VOD link
        self._partitions: dict[str, int] = {}  # moment id to its partition of `clips`, for open records
        self._moments: dict[str, str] = {}  # clip id to moment id, of open records and those applied since the start

    def apply(self, clip: Clip, partition: int | None = None) -> bool:
        """Store `clip` if it is newer than what is known; return whether it was."""
        with self._lock:
            if partition is not None and is_open(clip):
                self._partitions[clip.moment_id] = partition
            if clip.revision_number <= self._revisions.get(clip.moment_id, 0):
                return False
            self._revisions[clip.moment_id] = clip.revision_number
            if is_open(clip):
                self._open[clip.moment_id] = clip
            else:
                self._open.pop(clip.moment_id, None)
                self._partitions.pop(clip.moment_id, None)
            if clip.clip_id:
                self._moments[clip.clip_id] = clip.moment_id
            return True

    def contains(self, moment_id: str) -> bool:
        """Return whether the moment has an intent or an outcome."""
        with self._lock:
            return moment_id in self._revisions

    def is_current(self, clip: Clip) -> bool:
        """Return whether no newer record has replaced `clip`."""
        with self._lock:
            return self._revisions.get(clip.moment_id) == clip.revision_number

    def open_clips(self, partitions: Collection[int]) -> list[Clip]:
        """List the records in these partitions of `clips` that still lack an outcome or a VOD link."""
        with self._lock:
            return [clip for clip in self._open.values() if self._partitions.get(clip.moment_id) in partitions]

    def belongs_to_another(self, clip_id: str, moment_id: str) -> bool:
        """Return whether the clip is already recorded for a different moment."""
        with self._lock:
            return self._moments.get(clip_id, moment_id) != moment_id
