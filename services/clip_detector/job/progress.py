"""How far the job has come in event time, and how many records were late."""

import msgspec

from contracts import job_progress, topics
from contracts.codec import encode
from contracts.job_progress import JOB
from moment_detection.detection.state import StateVersionError
from moment_detection.messages import ResultRecord, end_of

PROGRESS_VERSION = 2  # raise it when the fields change


class Progress(msgspec.Struct, array_like=True):
    """The last second reported, and the late records so far."""

    second: int = 0
    late: int = 0

    def update(self, second: int, late: int) -> ResultRecord | None:
        """Add a second of ticks, or late records (`second` 0); return the record to publish, if any."""
        self.late += late
        if second <= self.second:
            return None
        self.second = second
        message = job_progress.JobProgress(
            schema_version=job_progress.SCHEMA_VERSION, job=JOB, event_at=end_of(second), late=self.late
        )
        return ResultRecord(topics.JOB_PROGRESS.name, JOB.encode(), encode(message))

    def pack(self) -> bytes:
        """Return the state as bytes: a version byte, then msgpack."""
        return bytes([PROGRESS_VERSION]) + msgspec.msgpack.encode(self)

    @classmethod
    def unpack(cls, packed: bytes) -> "Progress":
        """Return the progress that was packed; raise StateVersionError for another version."""
        if packed[0] != PROGRESS_VERSION:
            raise StateVersionError(f"progress has version {packed[0]}, this program reads {PROGRESS_VERSION}")
        return msgspec.msgpack.decode(packed[1:], type=cls)
