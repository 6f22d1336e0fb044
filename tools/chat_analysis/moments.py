"""The moments of a recording, with the evidence and meaning that the live job would give them."""

from collections.abc import Iterator
from itertools import groupby

from chat_analysis.recording import START, Recording
from contracts.moments import Moment
from moment_detection.causes.meaning import UNKNOWN, meaning_of
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.detector import Detector
from moment_detection.detection.outputs import CLOSED, RAISED, Revision
from moment_detection.evidence.evidence import count_evidence
from moment_detection.evidence.moment_context import context_of
from moment_detection.messages import moment


def recorded_moment(revision: Revision, recording: Recording, detector: Detector) -> Moment:
    """Build a moment from its revision, and tell the detector if its meaning rules out a clip, as the job does."""
    crowd = count_evidence(
        _texts(recording, revision.texts_from, revision.at),
        channel_id=recording.name,
        window=range(revision.peak - WINDOW_SECONDS + 1, revision.peak + 1),
        until=revision.texts_until,
    )
    is_known = revision.number != RAISED
    meaning = meaning_of(context_of(revision, crowd.messages, ())) if is_known else UNKNOWN
    if revision.number == CLOSED and not meaning.may_clip:
        detector.give_back_clip(revision)
    return moment(recording.name, revision, crowd, meaning)


def _texts(recording: Recording, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Yield each second's messages as the job keeps them."""
    for second, messages in groupby(recording.messages(first, last), key=lambda each: each.second):
        yield second, PIECE.join(FIELD.join(message[1:]) for message in messages)


def seconds_from_start(at: int) -> float:
    """Return the second of the recording at a time in milliseconds since 1970."""
    return at / 1000 - START
