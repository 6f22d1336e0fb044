"""The newest frames in memory, between capture and forwarder; older ones are read from the spool."""

import threading
from collections import deque

from stream_monitoring.spool.frame import Frame

MAX_BYTES = 48 * 1024 * 1024  # a forwarder that is further behind reads from the disk


class FrameQueue:
    """Filled by the capture's thread, emptied by the forwarder's."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._max_bytes = max_bytes
        self._changed = threading.Condition()

    def put(self, frame: Frame) -> None:
        """Add a synced frame and drop the oldest ones beyond the limit."""
        with self._changed:
            self._frames.append(frame)
            self._bytes += frame.size
            while self._bytes > self._max_bytes and len(self._frames) > 1:
                self._bytes -= self._frames.popleft().size
            self._changed.notify_all()

    @property
    def newest(self) -> Frame | None:
        """The newest frame that waits."""
        with self._changed:
            return self._frames[-1] if self._frames else None

    def pop_from(self, position: int, max_records: int) -> list[Frame]:
        """Remove and return the contiguous frames from `position` on, about `max_records`; drop older ones."""
        popped: list[Frame] = []
        with self._changed:
            while self._frames and self._frames[0].end <= position:
                self._bytes -= self._frames.popleft().size
            while self._frames and self._frames[0].first <= position and max_records > 0:
                frame = self._frames.popleft()
                self._bytes -= frame.size
                position, max_records = frame.end, max_records - frame.count
                popped.append(frame)
        return popped

    def clear(self) -> None:
        """Drop every frame."""
        with self._changed:
            self._frames.clear()
            self._bytes = 0

    def wait(self, position: int, seconds: float) -> None:
        """Wait until there is a frame that ends after `position`, or the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._frames) and self._frames[-1].end > position, seconds)
