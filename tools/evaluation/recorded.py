"""Recorded chat and the segments that people chose in it: the folder CHAT_DATA with truth.json and index.json."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from chat_analysis.recording import START, SUFFIXES, read_recording, recording_name
from evaluation.scoring import Segment, merged


class DataSet(NamedTuple):
    """Recordings that belong together, by the prefix of their names. `shift`: seconds to move their segments by."""

    prefix: str
    title: str
    shift: float = 0.0


DATA_SETS = (
    DataSet("kappa", "kappa (one loud channel, hand-labelled)"),
    DataSet("sphynx", "sphynx (viewers' clips: recall only)", -20.0),  # chat is loudest 20 s before their offsets
    DataSet("bocru", "bocru (ordinary chat, no truth)"),
)


class Recorded(NamedTuple):
    """One recording by seconds: messages, and the chatters who wrote something other than commands."""

    name: str
    messages: list[int]
    speakers: list[set[int]]


class Chosen(NamedTuple):
    """A data set: its recordings, the segments that people chose, and hours by recording."""

    paths: list[Path]
    segments: list[Segment]
    hours: dict[str, float]

    def all_hours(self) -> float:
        """Return the hours of all recordings."""
        return sum(self.hours.values())


def load(folder: Path, data_set: DataSet) -> Chosen:
    """Read segments and lengths of a data set. Raises OSError, ValueError, KeyError if the folder lacks them."""
    paths = [path for path in sorted(folder.glob(f"{data_set.prefix}*")) if path.name.endswith(SUFFIXES)]
    truth = json.loads((folder / "truth.json").read_text())
    index = json.loads((folder / "index.json").read_text())
    names = [recording_name(path) for path in paths]
    segments = [Segment(name, each["start"], each["end"]) for name in names for each in truth.get(name, ())]
    return Chosen(paths, merged(segments, data_set.shift), {name: float(index[name]["hours"]) for name in names})


def read(path: Path) -> Recorded:
    """Read a recording by seconds."""
    recording = read_recording(path)
    seconds = recording.seconds - START
    speakers: list[set[int]] = [set() for _ in range(recording.length)]
    speaks = recording.speaks
    for second, chatter in zip(seconds[speaks].tolist(), recording.chatters[speaks].tolist(), strict=True):
        speakers[second].add(chatter)
    return Recorded(recording.name, np.bincount(seconds, minlength=recording.length).tolist(), speakers)


def read_all(chosen: Chosen) -> Iterator[Recorded]:
    """Read the recordings one after another."""
    return (read(path) for path in chosen.paths)
