"""Runs the detector over recorded chat: `python -m clip_detector.replay FILE… --out moments.jsonl`.

FILE is a recording, NAME.jsonl or NAME.jsonl.gz (see recording.py), or the beginning of such names in the folder
CHAT_DATA. Each line is a peak, moment or not: `peak`, `raised` (of its moment's crossing, null where it is none) and
`t` (a live system knows the score) are seconds from the recording's start, `rate` messages a second as usual,
`expected` and `chatters` people in 7 s, as usual and at the peak; `clip`: the configured rate lets it become a clip.
Nothing in a line depends on what comes after its `t`.
"""

import argparse
import json
import os
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple, TextIO

from clip_detector import sweep
from clip_detector.channel import Channel, DictSlots
from clip_detector.configuration import RuleBook
from clip_detector.detector import Detector
from clip_detector.emissions import PEAKED, Height
from clip_detector.evidence import undeleted
from clip_detector.meaning import UNKNOWN, Meaning, meaning_of
from clip_detector.open_moment import PEAK_HOLDS_SECONDS
from clip_detector.recording import SUFFIXES, RecordingError, recording_name, seconds
from clip_detector.records import Record, end_of
from clip_detector.rings import WINDOW_SECONDS
from clip_detector.scene import Scene, few
from clip_detector.settings import RuleSettings
from contracts import topics
from contracts.codec import decode
from contracts.moments import Moment
from service_runtime.settings import load_all

START = 1_500_000_000  # any second: the recordings begin at 0


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
    """One recording's way through a channel like the job's."""

    def __init__(self, name: str, rules: RuleBook) -> None:
        self._name = name
        self._heights: list[Height] = []
        detector = Detector(*rules.of(name))
        self._threshold = detector.judges[0].rules.threshold
        self._channel = Channel(name, detector, DictSlots(), self._heights.append)
        self._recent: deque[tuple[int, str]] = deque(maxlen=WINDOW_SECONDS + PEAK_HOLDS_SECONDS + 1)

    def run(self, path: Path) -> Iterator[ReplayLine]:
        """The lines of a recording, in the order of their `t`."""
        for row in seconds(path, START):
            self._recent.append((row.second, row.pieces or ""))
            told = self._channel.row(row)
            if self._heights:
                yield from self._lines(told)

    def _lines(self, told: list[tuple[int, Record]]) -> Iterator[ReplayLine]:
        known = _peaked(told) if any(height.first for height in self._heights) else {}
        for height in self._heights:
            moment = known.get(end_of(height.at)) if height.first else None
            yield self._line(height, moment)
        self._heights.clear()

    def _line(self, height: Height, moment: Moment | None) -> ReplayLine:
        said = moment or self._meaning(height)
        return ReplayLine(
            self._name,
            height.at + 1 - START,
            round(height.score, 4),
            height.peak + 1 - START,
            height.crossed + 1 - START if height.crossed else None,
            round(height.usual_messages, 4),
            round(height.expected, 3),
            height.window_chatters,
            said.causes,
            said.mood,
            moment is not None and moment.no_clip_reason is None,
        )

    def _meaning(self, height: Height) -> Meaning:
        """Of a peak whose moment does not tell it: what was written from its window to the second it was known."""
        if height.score < self._threshold:
            return UNKNOWN
        first = height.peak - WINDOW_SECONDS + 1
        texts = [each for each in self._recent if first <= each[0] <= height.at]
        messages, looked_at = few(list(undeleted(texts)))
        return meaning_of(Scene(height.peak, height.peak, 0, messages, looked_at, expected=height.expected))


def _peaked(told: list[tuple[int, Record]]) -> dict[int, Moment]:
    """When it was told, and the moment whose peak had held then."""
    found = {}
    for at, record in told:
        if record.topic == topics.MOMENTS.name:
            moment = decode(record.topic, record.value)
            if moment.revision_number == PEAKED and not moment.shadow:
                found[at] = moment
    return found


def replay(path: Path, rules: RuleBook) -> Iterator[ReplayLine]:
    """The lines of one recording."""
    return Replay(recording_name(path), rules).run(path)


def write(lines: Iterator[ReplayLine], out: TextIO) -> None:
    """One JSON object a line."""
    for line in lines:
        out.write(json.dumps(line._asdict(), ensure_ascii=False) + "\n")


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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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


if __name__ == "__main__":
    raise SystemExit(main())
