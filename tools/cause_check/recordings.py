"""Recorded chat: its messages, the raids that it tells of, and the scenes of its moments."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chat_analysis.recording import seconds
from moment_detection.causes.vocabulary import MOODS, load
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.moment_context import MomentContext, sample_messages
from moment_detection.evidence.room_events import RoomEvent

AFTER_SECONDS = 5  # a moment's texts end so long after its peak
USUAL_SECONDS = 595  # before the moment, 85 windows of them
RAIDED = re.compile(r"(\d+) raiders from \S+ have joined!")  # Twitch's words for a raid, which the recorder kept


def recording_path(folder: Path, name: str) -> Path:
    """Where a recording lies."""
    return folder / f"{name}.jsonl.gz"


def read_said(path: Path) -> list[ChatMessage]:
    """A recording's messages; `second` counts from its start."""
    return [
        ChatMessage(row.second, *piece.split(FIELD))
        for row in seconds(path, 0)
        for piece in (row.pieces or "").split(PIECE)
    ]


def happenings(said: Iterable[ChatMessage]) -> Iterator[RoomEvent]:
    """The raids of a recording."""
    for message in said:
        if match := RAIDED.match(message.text):
            yield RoomEvent(message.second, "raid", int(match[1]))


def scene(said: Sequence[ChatMessage], crossed: int, peak: int, stream_started: int) -> MomentContext:
    """The scene of the moment with this crossing and peak, as it is known 5 s after the peak."""
    first, last = crossed - WINDOW_SECONDS + 1, peak + AFTER_SECONDS
    messages, looked_at = sample_messages([each for each in said if first <= each.second <= last])
    happened = [each for each in happenings(said) if each.second <= last]
    return MomentContext(crossed, peak, last, messages, looked_at, happened, stream_started, expected(said, first))


def reaction_share(said: Sequence[ChatMessage]) -> float:
    """The share of lines that carry a mood, which ORDINARY_REACTIONS in causes.py stands for."""
    moods = load(MOODS)
    return sum(bool(moods.labels_of(message.text)) for message in said) / len(said)


def expected(said: Iterable[ChatMessage], until: int) -> float:
    """People in 7 s of ordinary chat: the mean over the windows of the ten minutes before `until`."""
    begin = max(until - USUAL_SECONDS, 0)
    windows = max((until - begin) // WINDOW_SECONDS, 1)
    return (
        len({((until - each.second) // WINDOW_SECONDS, each.chatter) for each in said if begin <= each.second < until})
        / windows
    )
