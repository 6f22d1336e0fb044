"""The peaks of a recording, each with its moment, causes and mood: the lines that `python -m chat_analysis` writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chat_analysis.recording import START, Recording, read_recording
from chat_analysis.replay import play
from moment_detection.causes.meaning import UNKNOWN, Meaning, meaning_of
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.outputs import PEAKED, ConfirmedPeak, Revision
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
    rules = book.of(recording.name)
    moments: dict[int, tuple[Meaning, bool]] = {}  # meaning and whether to clip, by when it is known
    for output in play(recording, rules):
        if isinstance(output, Revision):
            if output.number == PEAKED and not output.shadow:
                meaning = _moment_meaning(output, recording)
                moments[output.at] = meaning, no_clip_reason(output, meaning) is None
        else:
            known = moments.pop(output.at, None) if output.first else None
            if not known and output.score < rules[0].threshold:
                known = UNKNOWN, False
            yield _line(recording.name, output, *(known or (_peak_meaning(output, recording), False)))


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
    return meaning_of(context_of(revision, recording.messages(revision.texts_from, revision.at), ()))


def _peak_meaning(peak: ConfirmedPeak, recording: Recording) -> Meaning:
    """Interpret the messages from a peak's window to its confirmation, for a peak that no moment reports."""
    messages, sampled_share = sample_messages(recording.messages(peak.peak - WINDOW_SECONDS + 1, peak.at))
    return meaning_of(MomentContext(peak.peak, peak.peak, 0, messages, sampled_share, expected_chatters=peak.expected))
