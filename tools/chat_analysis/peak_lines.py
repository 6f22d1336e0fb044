"""The peaks of a recording, each with its moment, causes and mood: the lines that `python -m chat_analysis` writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chat_analysis.moments import MomentMeanings, kept_messages, recorded_moment, recorded_room_events
from chat_analysis.recording import START, Recording, read_recording
from chat_analysis.replay import replay
from contracts.moments import Moment
from moment_detection.causes.meaning import UNKNOWN, Meaning, meaning_of
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.detector import Detector
from moment_detection.detection.outputs import CLOSED, PEAKED, ConfirmedPeak, Revision
from moment_detection.detection.rules import RuleBook
from moment_detection.evidence.moment_context import MomentContext, sample_messages
from moment_detection.messages import no_clip_reason


class PeakLine(NamedTuple):
    """One line of the output; see __main__.py."""

    name: str
    t: int
    score: float
    peak: int
    raised: int | None
    rate: float
    expected: float
    chatters: int
    causes: list[str]
    mood: str | None
    clip: bool


def peak_lines(path: Path, book: RuleBook) -> Iterator[PeakLine]:
    """Yield the peaks of a recording in order of their `t`. Raises RecordingError, OSError."""
    recording = read_recording(path)
    return (each for each in _played(recording, book) if isinstance(each, PeakLine))


def findings(recording: Recording, book: RuleBook) -> Iterator[PeakLine | Moment]:
    """Yield each peak in order of its `t`, and the last revision of each moment as the live job would report it."""
    for each in _played(recording, book):
        yield each if isinstance(each, PeakLine) else recorded_moment(each.revision, recording, each.meaning)


class LastRevision(NamedTuple):
    """The last revision of a moment, and what it means."""

    revision: Revision
    meaning: Meaning


def _played(recording: Recording, book: RuleBook) -> Iterator[PeakLine | LastRevision]:
    rules = book.of(recording.name)
    detector, meanings = Detector(*rules), MomentMeanings(recording)
    open_moment: LastRevision | None = None  # one at a time
    moments: dict[int, tuple[Meaning, bool]] = {}  # meaning and whether to clip, by when it is known
    for output in replay(recording, detector):
        if isinstance(output, Revision):
            if output.shadow:
                continue
            meaning = meanings.of(output)
            open_moment = LastRevision(output, meaning)
            if output.number == PEAKED:
                moments[output.at] = meaning, no_clip_reason(output, meaning) is None
            elif output.number == CLOSED:
                if not meaning.may_clip:
                    detector.give_back_clip(output)  # as the job does
                yield open_moment
                open_moment = None
        else:
            known = moments.pop(output.at, None) if output.first else None
            if not known and output.score < rules[0].threshold:
                known = UNKNOWN, False
            yield _line(recording.name, output, *(known or (_peak_meaning(output, recording), False)))
    if open_moment:  # the recording ends in it
        yield open_moment


def _line(name: str, peak: ConfirmedPeak, meaning: Meaning, clip: bool) -> PeakLine:
    return PeakLine(
        name=name,
        t=peak.at + 1 - START,
        score=round(peak.score, 4),
        peak=peak.peak + 1 - START,
        raised=peak.crossed + 1 - START if peak.crossed else None,
        rate=round(peak.usual_messages, 4),
        expected=round(peak.expected, 3),
        chatters=peak.window_chatters,
        causes=meaning.causes,
        mood=meaning.mood,
        clip=clip,
    )


def _peak_meaning(peak: ConfirmedPeak, recording: Recording) -> Meaning:
    """Interpret the messages from a peak's window to its confirmation, for a peak that no moment reports."""
    messages, sampled_share = sample_messages(kept_messages(recording, peak.peak - WINDOW_SECONDS + 1, peak.at))
    context = MomentContext(
        crossed=peak.peak,
        peak=peak.peak,
        known_at=0,
        messages=messages,
        sampled_share=sampled_share,
        room_events=recorded_room_events(recording, peak.at),
        expected_chatters=peak.expected,
    )
    return meaning_of(context)
