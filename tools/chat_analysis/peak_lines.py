"""The peaks of a recording, each with its moment, causes and mood: the lines that `python -m chat_analysis` writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chat_analysis.moments import kept_messages, recorded_moment, recorded_room_events
from chat_analysis.recording import START, Recording, read_recording
from chat_analysis.replay import replay
from contracts.moments import Moment
from moment_detection.causes.meaning import UNKNOWN, Meaning, meaning_of
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.detector import Detector
from moment_detection.detection.outputs import CLOSED, PEAKED, ConfirmedPeak, Revision
from moment_detection.detection.rules import RuleBook
from moment_detection.evidence.moment_context import MomentContext, context_of, sample_messages
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
    return (each for each in findings(recording, book) if isinstance(each, PeakLine))


def findings(recording: Recording, book: RuleBook) -> Iterator[PeakLine | Moment]:
    """Yield each peak in order of its `t`, and the last revision of each moment as the live job would report it."""
    rules = book.of(recording.name)
    detector = Detector(*rules)
    open_moment: Revision | None = None  # one at a time
    moments: dict[int, tuple[Meaning, bool]] = {}  # meaning and whether to clip, by when it is known
    for output in replay(recording, detector):
        if isinstance(output, Revision):
            if output.shadow:
                continue
            open_moment = None if output.number == CLOSED else output
            if output.number == PEAKED:
                meaning = _moment_meaning(output, recording)
                moments[output.at] = meaning, no_clip_reason(output, meaning) is None
            elif output.number == CLOSED:
                yield recorded_moment(output, recording, detector)
        else:
            known = moments.pop(output.at, None) if output.first else None
            if not known and output.score < rules[0].threshold:
                known = UNKNOWN, False
            yield _line(recording.name, output, *(known or (_peak_meaning(output, recording), False)))
    if open_moment:  # the recording ends in it
        yield recorded_moment(open_moment, recording, detector)


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


def _moment_meaning(revision: Revision, recording: Recording) -> Meaning:
    messages = kept_messages(recording, revision.texts_from, revision.at)
    return meaning_of(context_of(revision, messages, recorded_room_events(recording, revision.at)))


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
