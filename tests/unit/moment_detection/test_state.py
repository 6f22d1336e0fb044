"""State as bytes: what an unknown version says, and that broken controls do no harm."""

import pytest

from clip_detector.job.progress import Progress
from contracts import topics
from contracts.codec import decode
from moment_detection.detection.channel_events import FIELD, PIECE, Control, parse_controls
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.detection.state import STATE_VERSION, StateVersionError, pack, unpack


def test_an_unknown_version_is_named() -> None:
    packed = bytes([STATE_VERSION + 1]) + pack(Detector(Rules()))[1:]
    with pytest.raises(StateVersionError, match=f"version {STATE_VERSION + 1}"):
        unpack(packed, Rules())


def test_the_state_of_a_channel_with_bursts_is_small_and_of_a_sleeping_one_smaller() -> None:
    detector = Detector(Rules(moments_per_hour=60.0), Rules(2.0, name="lower", shadow=True))
    for second in range(3 * 3600):
        people = 60 if second % 70 < 3 else 2
        detector.second(1_000_000 + second, people, people, (), {str(each) for each in range(people)})
    assert len(detector.judges[0].history.peaks) > 90, "the bursts have to be remembered for this to mean anything"
    assert len(pack(detector)) < 10_000
    detector.advance(1_000_000 + 3 * 3600 + 900)
    assert len(pack(detector)) < 4_000
    detector.advance(1_000_000 + 3 * 3600 + 48 * 3600)
    assert detector.forgettable()


def test_controls_of_another_shape_are_left_out() -> None:
    good = FIELD.join(("5", "coverage", "gap", "", "5", "9"))
    pieces = PIECE.join(("x", good, FIELD.join("123456"), FIELD.join(("", "coverage", "joined", "", "x", ""))))
    expected = [Control(0, "coverage", "joined", "", 0, 0), Control(5, "coverage", "gap", "", 5, 9)]
    assert parse_controls(pieces) == expected
    assert parse_controls(None) == []


def test_progress_goes_forward_and_counts_late_records() -> None:
    progress = Progress()
    assert progress.take(0, 3) is None
    record = Progress.unpack(progress.pack()).take(100, 0)
    assert record is not None
    message = decode(topics.JOB_PROGRESS.name, record.value)
    assert (message.event_at, message.late) == (101_000, 3)
    progress.take(100, 0)
    assert progress.take(99, 0) is None
