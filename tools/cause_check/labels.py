"""Moments of recorded chat with the mood and the cause that a person read in them.

`labels.csv` holds a recording's name, seconds and labels, no chat: 140 peaks of the detector at threshold 4, drawn with
a seed from all recordings (60 of kappa, 50 of sphynx, 30 of bocru). The person read the messages of each and labelled
it before any program did. Lines 1, 3, 5… may be looked at when the vocabulary is extended; lines 2, 4, 6… may not.

`labels_raised.csv` holds 90 moments that the detector raises at its usual threshold, drawn likewise (12 of kappa, 60 of
sphynx, 18 of bocru) and read, by the assistant that taught moods.toml the other providers' emotes, after it had and
before the program had said anything: none of them may be looked at.
"""

import csv
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from cause_check.recorded_moments import context_at, read_messages, recording_path
from moment_detection.evidence.moment_context import MomentContext

NONE = "none"
PEAKS, RAISED = "labels.csv", "labels_raised.csv"
STREAM_STARTED = 1  # a recording's start counts as its stream's; second 0 would be an unknown start


class Label(NamedTuple):
    """One moment. `crossed`, `peak`: seconds since the recording's start."""

    recording: str
    crossed: int
    peak: int
    mood: str
    cause: str


def read_labels(name: str = PEAKS) -> list[Label]:
    """Read all labels of a file in its order."""
    with files("cause_check").joinpath(name).open(encoding="utf-8") as lines:
        return [
            Label(row["recording"], int(row["crossed"]), int(row["peak"]), row["mood"], row["cause"])
            for row in csv.DictReader(lines)
        ]


def labelled_moments(folder: Path, labels: Sequence[Label]) -> Iterator[tuple[Label, MomentContext]]:
    """Yield each label with its moment's context, from the recordings in `folder`."""
    for name in dict.fromkeys(label.recording for label in labels):
        messages = read_messages(recording_path(folder, name))
        for label in labels:
            if label.recording == name:
                context = context_at(messages, crossed=label.crossed, peak=label.peak, stream_started=STREAM_STARTED)
                yield label, context
