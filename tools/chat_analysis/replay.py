"""Runs the detector over recorded chat: `python -m chat_analysis FILE… --out moments.jsonl`.

FILE is a recording, NAME.jsonl or NAME.jsonl.gz (see recording.py), or the beginning of such names in the folder
CHAT_DATA. Each line is a peak, moment or not: `peak`, `raised` (of its moment's crossing, null where it is none) and
`t` (a live system knows the score) are seconds from the recording's start, `rate` messages a second as usual,
`expected` and `chatters` people in 7 s, as usual and at the peak; `clip`: the configured rate lets it become a clip.
Nothing in a line depends on what comes after its `t`. A recording is held in memory, some 150 bytes a message.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple, TextIO

from chat_analysis import sweep
from chat_analysis.recorded_level import RecordedLevel
from chat_analysis.recording import SUFFIXES, RecordingError, recording_name
from chat_analysis.whole_recording import Stretch, WholeRecording, whole
from moment_detection.causes.meaning import UNKNOWN, Meaning, meaning_of
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.detection.detector import SILENCE_SECONDS, Detector
from moment_detection.detection.outputs import PEAKED, Emission, Height, Revision
from moment_detection.detection.rules import RuleBook
from moment_detection.evidence.moment_context import MomentContext, context_of, sample_messages
from moment_detection.messages import no_clip_reason
from moment_detection.settings import RuleSettings
from service_runtime.settings import load_all

START = 1_500_000_000  # any second: the recordings begin at 0
NOBODY: set[str] = set()  # the recorded level knows who wrote

encode = json.JSONEncoder(ensure_ascii=False).encode


class ReplayLine(NamedTuple):
    """One line of the answer."""

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


class Replay:
    """One recording's way through the job's detector.

    Seconds in which the score is far below a peak's and nothing is undecided change no mind: they are left out.
    """

    def __init__(self, name: str, rules: RuleBook) -> None:
        self._name = name
        self._detector = Detector(*rules.of(name))
        self._threshold = self._detector.judges[0].rules.threshold
        self._told: dict[int, tuple[Meaning, bool]] = {}  # of moments, and whether to clip them, by when it was known

    def run(self, path: Path) -> Iterator[ReplayLine]:
        """The lines of a recording, in the order of their `t`."""
        recording = whole(path, START)
        for stretch in recording.stretches(SILENCE_SECONDS):
            for emission in self._emissions(stretch):
                if isinstance(emission, Revision):
                    self._keep(emission, recording)
                elif isinstance(emission, Height):
                    yield self._line(emission, recording)

    def _emissions(self, stretch: Stretch) -> Iterator[Emission]:
        detector, first, last = self._detector, stretch.first, stretch.last
        until = last + stretch.pause
        detector.level = level = RecordedLevel(first, until + 1 - first, *stretch.messages)
        told = self._take(first, level)
        for second in (*level.loud, last):
            while (undecided_at := detector.undecided_at()) and undecided_at < second:
                told += self._take(undecided_at, level)
            told += self._take(second, level)
            if told:
                yield from told
                told = []
        detector.last_row = last
        yield from detector.advance(until)

    def _take(self, second: int, level: RecordedLevel) -> list[Emission]:
        """Take in a second and leave out those before it."""
        detector = self._detector
        if detector.at < second - 1 and not detector.asleep:
            detector.skip(second - 1)
        messages, chatters = level.row(second)
        if messages:
            return detector.second(second, messages, chatters, people=NOBODY)
        return detector.advance(second)

    def _keep(self, revision: Revision, recording: WholeRecording) -> None:
        """What a moment meant when its first peak had held."""
        if revision.number == PEAKED and not revision.shadow:
            meaning = meaning_of(context_of(revision, recording.said(revision.texts_from, revision.at), ()))
            self._told[revision.at] = meaning, no_clip_reason(revision, meaning) is None

    def _line(self, height: Height, recording: WholeRecording) -> ReplayLine:
        told = self._told.pop(height.at, None) if height.first else None
        meaning, clip = told or (self._meaning(height, recording), False)
        return ReplayLine(
            self._name,
            height.at + 1 - START,
            round(height.score, 4),
            height.peak + 1 - START,
            height.crossed + 1 - START if height.crossed else None,
            round(height.usual_messages, 4),
            round(height.expected, 3),
            height.window_chatters,
            meaning.causes,
            meaning.mood,
            clip,
        )

    def _meaning(self, height: Height, recording: WholeRecording) -> Meaning:
        """Of a peak whose moment does not tell it: what was written from its window to the second it was known."""
        if height.score < self._threshold:
            return UNKNOWN
        messages, sampled_share = sample_messages(recording.said(height.peak - WINDOW_SECONDS + 1, height.at))
        return meaning_of(
            MomentContext(height.peak, height.peak, 0, messages, sampled_share, expected_chatters=height.expected)
        )


def replay(path: Path, rules: RuleBook) -> Iterator[ReplayLine]:
    """The lines of one recording."""
    return Replay(recording_name(path), rules).run(path)


def write(lines: Iterator[ReplayLine], out: TextIO) -> None:
    """One JSON object a line."""
    for line in lines:
        out.write(encode(line._asdict()) + "\n")


def recordings(wanted: Sequence[str]) -> list[Path]:
    """The files that are meant; raises FileNotFoundError for one that is none."""
    found = []
    for each in wanted:
        path = Path(each)
        named = [path] if path.is_file() else _in_chat_data(each)
        if not named:
            raise FileNotFoundError(f"{each} is no file, and no recording in CHAT_DATA begins so")
        found += named
    return found


def _in_chat_data(beginning: str) -> list[Path]:
    folder = os.environ.get("CHAT_DATA")
    if not folder:
        return []
    return sorted(path for path in Path(folder).glob(f"{beginning}*") if path.name.endswith(SUFFIXES))


def main() -> int:
    """Write the peaks of the recordings; 2 where a file or a setting is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m chat_analysis", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="recordings, or beginnings of names in CHAT_DATA")
    parser.add_argument("--out", type=Path, help="file for the peaks; standard output where it is not given")
    parser.add_argument("--sweep", action="store_true", help="print and plot what other thresholds would have raised")
    parser.add_argument("--plot", type=Path, default=Path("sweep.svg"), help="file for the sweep's plot")
    chosen = parser.parse_args()
    (settings,) = load_all(RuleSettings)
    rules = settings.rules()
    try:
        paths = recordings(chosen.files)
        if chosen.sweep:
            swept = sweep.sweep(paths, rules)
            sys.stdout.write(sweep.table(swept))
            chosen.plot.write_text(sweep.plot(swept), encoding="utf-8")
            return 0
        with chosen.out.open("w", encoding="utf-8") if chosen.out else nullcontext(sys.stdout) as out:
            for path in paths:
                write(replay(path, rules), out)
    except (OSError, RecordingError) as error:
        sys.stderr.write(f"replay: {error}\n")
        return 2
    return 0
