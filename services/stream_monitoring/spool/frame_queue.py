"""The newest frames in memory, between capture and forwarder: what is not here is read from the spool."""

import threading
from collections import deque

from stream_monitoring.spool.frame import Frame

MOST_BYTES = 48 * 1024 * 1024  # a forwarder that is further behind reads from the disk


class FrameQueue:
    """Filled by the capture's thread, emptied by the forwarder's."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._most_bytes = most_bytes
        self._changed = threading.Condition()

    def put(self, frame: Frame) -> None:
        """A synced frame; the oldest ones go where there are too many (they are in the spool)."""
        with self._changed:
            self._frames.append(frame)
            self._bytes += frame.size
            while self._bytes > self._most_bytes and len(self._frames) > 1:
                self._bytes -= self._frames.popleft().size
            self._changed.notify_all()

    def take(self, position: int, most_records: int) -> list[Frame]:
        """The frames that follow `position` without a hole, up to about so many records; drops older ones."""
        taken: list[Frame] = []
        with self._changed:
            while self._frames and self._frames[0].end <= position:
                self._bytes -= self._frames.popleft().size
            while self._frames and self._frames[0].first <= position and most_records > 0:
                frame = self._frames.popleft()
                self._bytes -= frame.size
                position, most_records = frame.end, most_records - frame.count
                taken.append(frame)
        return taken

    def drop(self) -> None:
        """Keep nothing: nobody forwards, the spool has it all."""
        with self._changed:
            self._frames.clear()
            self._bytes = 0

    def wait(self, position: int, seconds: float) -> None:
        """Until there is a frame that ends after `position`, or so long."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._frames) and self._frames[-1].end > position, seconds)
