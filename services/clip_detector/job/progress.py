"""How far the job has come in event time, and how many records came too late."""

from struct import Struct

from contracts import job_progress, topics
from contracts.codec import encode
from contracts.job_progress import JOB
from moment_detection.messages import Record, end_of

LAYOUT = Struct("<Bqq")
LAYOUT_VERSION = 1


class Progress:
    """The last second told, and the late records so far."""

    __slots__ = ("late", "second")

    def __init__(self, second: int = 0, late: int = 0) -> None:
        self.second = second
        self.late = late

    def take(self, second: int, late: int) -> Record | None:
        """Take in a second of ticks, or late records (`second` 0); returns what to tell."""
        self.late += late
        if second <= self.second:
            return None
        self.second = second
        message = job_progress.JobProgress(
            schema_version=job_progress.SCHEMA_VERSION, job=JOB, event_at=end_of(second), late=self.late
        )
        return Record(topics.JOB_PROGRESS.name, JOB.encode(), encode(message))

    def pack(self) -> bytes:
        """The state as bytes."""
        return LAYOUT.pack(LAYOUT_VERSION, self.second, self.late)

    @classmethod
    def unpack(cls, packed: bytes) -> "Progress":
        """The state that `pack` gave."""
        _, second, late = LAYOUT.unpack(packed)
        return cls(second, late)
