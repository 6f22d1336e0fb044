"""The replay engine: a recording through the job's detector, as fast as its decisions allow."""

from collections.abc import Iterator, Sequence

from chat_analysis.recorded_score import RecordedScore
from chat_analysis.recording import Part, Recording
from moment_detection.detection.detector import SILENCE_SECONDS, Detector
from moment_detection.detection.outputs import ConfirmedPeak, Minute, Output, Revision
from moment_detection.detection.rules import Rules

NO_SPEAKERS: set[str] = set()  # the recorded score has counted them already


def play(recording: Recording, rules: Sequence[Rules]) -> Iterator[Revision | ConfirmedPeak]:
    """Yield what the detector reports of moments and peaks. The first rules are the detector's, the others are trials.

    Seconds that cannot affect a decision are skipped: nothing is undecided and the score is too low for a peak.
    """
    return replay(recording, Detector(*rules))


def replay(recording: Recording, detector: Detector) -> Iterator[Revision | ConfirmedPeak]:
    """Play a recording through a new detector; what is done to it after an output counts for the next ones."""
    for part in recording.parts(SILENCE_SECONDS):
        for output in _play_part(detector, part):
            if not isinstance(output, Minute):  # a minute with skipped seconds is incomplete
                yield output


def _play_part(detector: Detector, part: Part) -> Iterator[Output]:
    score = RecordedScore(part)
    detector.use_score(score)
    for second in (part.first, *score.candidates, part.last):
        while (undecided_at := detector.undecided_at()) and undecided_at < second:
            yield from _play_second(detector, score, undecided_at)
        yield from _play_second(detector, score, second)
    yield from detector.advance(part.last + part.pause)


def _play_second(detector: Detector, score: RecordedScore, second: int) -> list[Output]:
    detector.jump_to(second - 1)
    messages, chatters = score.row(second)
    if messages:
        return detector.add_second(second, messages, chatters, speakers=NO_SPEAKERS)
    return detector.advance(second)
