"""Recorded chat: its messages, the raids that it tells of, and the scenes of its moments."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chat_analysis.recording import START, read_recording
from moment_detection.causes.vocabulary import MOODS, load
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.evidence.evidence import Said
from moment_detection.evidence.moment_context import Scene, few
from moment_detection.evidence.room_events import Happening

AFTER_SECONDS = 5  # a moment's texts end so long after its peak
USUAL_SECONDS = 595  # before the moment, 85 windows of them
RAIDED = re.compile(r"(\d+) raiders from \S+ have joined!")  # Twitch's words for a raid, which the recorder kept


def recording_path(folder: Path, name: str) -> Path:
    """Where a recording lies."""
    return folder / f"{name}.jsonl.gz"


def read_said(path: Path) -> list[Said]:
    """A recording's messages; `second` counts from its start."""
    recording = read_recording(path)
    messages = recording.messages(START, START + recording.length)
    return [message._replace(second=message.second - START) for message in messages]


def happenings(said: Iterable[Said]) -> Iterator[Happening]:
    """The raids of a recording."""
    for message in said:
        if match := RAIDED.match(message.text):
            yield Happening(message.second, "raid", int(match[1]))


def scene(said: Sequence[Said], crossed: int, peak: int, stream_started: int) -> Scene:
    """The scene of the moment with this crossing and peak, as it is known 5 s after the peak."""
    first, last = crossed - WINDOW_SECONDS + 1, peak + AFTER_SECONDS
    messages, looked_at = few([each for each in said if first <= each.second <= last])
    happened = [each for each in happenings(said) if each.second <= last]
    return Scene(crossed, peak, last, messages, looked_at, happened, stream_started, expected(said, first))


def reaction_share(said: Sequence[Said]) -> float:
    """The share of lines that carry a mood, which ORDINARY_REACTIONS in causes.py stands for."""
    moods = load(MOODS)
    return sum(bool(moods.labels_of(message.text)) for message in said) / len(said)


def expected(said: Iterable[Said], until: int) -> float:
    """People in 7 s of ordinary chat: the mean over the windows of the ten minutes before `until`."""
    begin = max(until - USUAL_SECONDS, 0)
    windows = max((until - begin) // WINDOW_SECONDS, 1)
    return (
        len({((until - each.second) // WINDOW_SECONDS, each.chatter) for each in said if begin <= each.second < until})
        / windows
    )
