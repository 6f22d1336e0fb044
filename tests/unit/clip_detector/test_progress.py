"""The job's progress: it only goes forward, counts late records, and refuses another version's state."""

from struct import pack

import pytest

from clip_detector.job.progress import Progress
from contracts import topics
from contracts.codec import decode
from moment_detection.detection.state import StateVersionError


def test_progress_goes_forward_and_counts_late_records() -> None:
    progress = Progress()
    assert progress.update(0, 3) is None
    record = Progress.unpack(progress.pack()).update(100, 0)
    assert record is not None
    message = decode(topics.JOB_PROGRESS.name, record.value)
    assert (message.event_at, message.late) == (101_000, 3)
    progress.update(100, 0)
    assert progress.update(99, 0) is None


def test_progress_of_the_version_before_is_refused() -> None:
    with pytest.raises(StateVersionError, match="version 1, this program reads 2"):
        Progress.unpack(pack("<Bqq", 1, 1_790_000_040, 3))  # the layout of version 1
