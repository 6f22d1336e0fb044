"""Recorded chat as the rules for causes and moods get it: messages, raids, and the context of a moment."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from chat_analysis.recording import START, read_recording
from moment_detection.causes.vocabulary import MOODS, load
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.evidence.chat_message import ChatMessage
from moment_detection.evidence.moment_context import MomentContext, sample_messages
from moment_detection.evidence.room_events import RoomEvent

AFTER_SECONDS = 5  # of messages after a moment's peak
BASELINE_SECONDS = 595  # before the moment, 85 windows
RAIDED = re.compile(r"(\d+) raiders from \S+ have joined!")  # Twitch's text for a raid, kept as a message


def recording_path(folder: Path, name: str) -> Path:
    """Return the file of a recording."""
    return folder / f"{name}.jsonl.gz"


def read_messages(path: Path) -> list[ChatMessage]:
    """Read a recording's messages; `second` counts from its start."""
    recording = read_recording(path)
    messages = recording.messages(START, START + recording.length)
    return [message._replace(second=message.second - START) for message in messages]


def raids_in(messages: Iterable[ChatMessage]) -> Iterator[RoomEvent]:
    """Yield the raids that a recording's messages report."""
    for message in messages:
        if match := RAIDED.match(message.text):
            yield RoomEvent(message.second, "raid", int(match[1]))


def context_at(messages: Sequence[ChatMessage], *, crossed: int, peak: int, stream_started: int) -> MomentContext:
    """Return the context of the moment with this crossing and peak, as it is known 5 s after the peak."""
    first, last = crossed - WINDOW_SECONDS + 1, peak + AFTER_SECONDS
    sample, share = sample_messages([each for each in messages if first <= each.second <= last])
    return MomentContext(
        crossed=crossed,
        peak=peak,
        known_at=last,
        messages=sample,
        sampled_share=share,
        room_events=[each for each in raids_in(messages) if each.second <= last],
        stream_started=stream_started,
        expected_chatters=expected_chatters(messages, first),
    )


def expected_chatters(messages: Iterable[ChatMessage], until: int) -> float:
    """Return the chatters of an ordinary window: the mean over the windows of the ten minutes before `until`."""
    begin = max(until - BASELINE_SECONDS, 0)
    windows = max((until - begin) // WINDOW_SECONDS, 1)
    by_window = {
        ((until - each.second) // WINDOW_SECONDS, each.chatter) for each in messages if begin <= each.second < until
    }
    return len(by_window) / windows


def mood_share(messages: Sequence[ChatMessage]) -> float:
    """Return the share of messages with a mood, the source of ORDINARY_REACTIONS in causes/reactions.py."""
    moods = load(MOODS)
    return sum(bool(moods.labels_of(message.text)) for message in messages) / len(messages)
