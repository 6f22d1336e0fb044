"""Recorded chat and what people chose in it: the folder CHAT_DATA with truth.json and index.json."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chat_analysis.recording import SUFFIXES, recording_name, seconds
from evaluation.scoring import Segment, merged
from moment_detection.detection.window_chatters import people_of


class DataSet(NamedTuple):
    """Recordings that belong together, by the beginning of their names. `shift`: what their truth is moved by."""

    beginning: str
    title: str
    shift: float = 0.0


DATA_SETS = (
    DataSet("kappa", "kappa (one loud channel, hand-labelled)"),
    DataSet("sphynx", "sphynx (viewers' clips: recall only)", -20.0),  # chat is loudest 20 s before their offsets
    DataSet("bocru", "bocru (ordinary chat, no truth)"),
)


class Recorded(NamedTuple):
    """One recording, a value a second."""

    name: str
    messages: list[int]
    people: list[set[str]]


class Chosen(NamedTuple):
    """What is known of a data set."""

    paths: list[Path]
    segments: list[Segment]
    hours: dict[str, float]

    def all_hours(self) -> float:
        """Of all its recordings."""
        return sum(self.hours.values())


def load(folder: Path, data_set: DataSet) -> Chosen:
    """Its recordings, truth and lengths. Raises OSError, ValueError, KeyError where the folder lacks them."""
    paths = [path for path in sorted(folder.glob(f"{data_set.beginning}*")) if path.name.endswith(SUFFIXES)]
    truth = json.loads((folder / "truth.json").read_text())
    index = json.loads((folder / "index.json").read_text())
    names = [recording_name(path) for path in paths]
    segments = [Segment(name, each["start"], each["end"]) for name in names for each in truth.get(name, ())]
    return Chosen(paths, merged(segments, data_set.shift), {name: float(index[name]["hours"]) for name in names})


def read(path: Path) -> Recorded:
    """A recording second by second."""
    found = Recorded(recording_name(path), [], [])
    for row in seconds(path, 0):
        missing = row.second - len(found.messages)
        found.messages.extend([0] * missing)
        found.people.extend(set() for _ in range(missing))
        found.messages.append(row.messages)
        found.people.append(people_of(row.pieces))
    return found


def read_all(chosen: Chosen) -> Iterator[Recorded]:
    """Its recordings, one after another."""
    return (read(path) for path in chosen.paths)
