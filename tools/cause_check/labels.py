"""Moments of recorded chat with what a person read in them, and how far the program agrees.

`labels.csv` holds a recording's name, seconds and labels, no chat: 140 peaks of the detector at threshold 4, drawn with
a seed from all recordings (60 of kappa, 50 of sphynx, 30 of bocru). The person read the messages of each and wrote down
a mood and a cause before any program had said its own. Lines 1, 3, 5… may be looked at when the vocabulary is extended;
lines 2, 4, 6… may not.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from cause_check.recordings import read_said, recording_path, scene
from moment_detection.causes.causes import find_causes
from moment_detection.causes.moods import mood_of
from moment_detection.causes.reactions import may_clip
from moment_detection.evidence.moment_context import MomentContext

NONE = "none"
STREAM_STARTED = 1  # second 0 would be an unknown start


class Label(NamedTuple):
    """One moment: seconds since the recording's start, and what the person wrote."""

    recording: str
    crossed: int
    peak: int
    mood: str
    cause: str


class Agreement(NamedTuple):
    """`pairs`: (person's label, program's label) and how often."""

    pairs: Counter[tuple[str, str]]

    @property
    def total(self) -> int:
        """Moments compared."""
        return sum(self.pairs.values())

    @property
    def accuracy(self) -> float:
        """The share of equal labels."""
        return sum(count for (person, program), count in self.pairs.items() if person == program) / self.total

    @property
    def kappa(self) -> float:
        """Cohen's kappa: agreement beyond what chance gives with these labels; 1 is full (Cohen 1960)."""
        person, program = Counter[str](), Counter[str]()
        for (said, found), count in self.pairs.items():
            person[said] += count
            program[found] += count
        chance = sum(person[label] * program[label] for label in person) / self.total**2
        return (self.accuracy - chance) / (1 - chance) if chance < 1 else 1.0


def read_labels() -> list[Label]:
    """All labels in the file's order."""
    with files("cause_check").joinpath("labels.csv").open(encoding="utf-8") as lines:
        return [
            Label(row["recording"], int(row["crossed"]), int(row["peak"]), row["mood"], row["cause"])
            for row in csv.DictReader(lines)
        ]


def scenes(folder: Path, labels: Sequence[Label]) -> Iterator[tuple[Label, MomentContext]]:
    """Each label with its scene, from the recordings in `folder`; a recording's start is its stream's."""
    for name in dict.fromkeys(label.recording for label in labels):
        said = read_said(recording_path(folder, name))
        for label in labels:
            if label.recording == name:
                yield label, scene(said, label.crossed, label.peak, STREAM_STARTED)


def moods(pairs: Iterable[tuple[Label, MomentContext]]) -> Agreement:
    """How far the program's moods are the person's."""
    counts: Counter[tuple[str, str]] = Counter()
    for label, seen in pairs:
        mood = mood_of(seen.messages)
        counts[label.mood, mood[0] if mood else NONE] += 1
    return Agreement(counts)


def causes(pairs: Iterable[tuple[Label, MomentContext]]) -> Agreement:
    """How far the program's first cause is the person's; a raid or gifts beside a crowd that reacts are none."""
    counts: Counter[tuple[str, str]] = Counter()
    for label, seen in pairs:
        found = find_causes(seen)
        counts[label.cause, NONE if may_clip(seen, found) else found[0]] += 1
    return Agreement(counts)
