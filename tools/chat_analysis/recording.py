"""Recorded chat of any form, as columns.

Our own form has a line per message, in order of time: {"t": seconds from the start, "user": number or name, "text": …}
"""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from glob import glob, has_magic
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chat_analysis.forms.batch import Batch, batches
from chat_analysis.forms.errors import RecordingError
from chat_analysis.forms.facts import Facts
from chat_analysis.forms.recognise import OWN_FORM, foreign_messages, form_of
from chat_analysis.forms.source import Progress, Source, no_progress
from chat_analysis.forms.text_store import TextStore
from chat_analysis.recording_file import RecordedMessage, own_messages
from moment_detection.detection.channel_events import FIELD, PIECE, SHORT_ID, ChannelEvent
from moment_detection.detection.window_chatters import COMMAND_PREFIX
from moment_detection.evidence.chat_message import EMPTY_TAG, TEXT_LIMIT, ChatMessage

SUFFIXES = (".jsonl.gz", ".jsonl")
OTHER_SUFFIXES = (".json.gz", ".json", ".log.gz", ".log", ".txt.gz", ".txt", ".gz")
START = 1_500_000_000  # the second that every recording starts at; any will do, but the detector has no second 0
SEPARATORS = str.maketrans(PIECE + FIELD, "  ")
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Part(NamedTuple):
    """The seconds from `first` to `last`, both with messages and without a long pause between them.

    `pause` silent seconds follow; 0 at the end of the recording, where nothing is known of what follows. `at` counts
    each message's second from `first`; `speaks`: the message is not a command.
    """

    first: int
    last: int
    pause: int
    at: Ints
    chatters: Ints
    speaks: Flags


class Recording(NamedTuple):
    """All messages in order: second since 1970 with the recording starting at START, the chatter's number, the text.

    `names` are the chatters by their numbers. `speaks`: the message is not a command to a bot.
    """

    name: str
    facts: Facts
    seconds: Ints
    chatters: Ints
    speaks: Flags
    texts: TextStore
    names: list[str]

    @property
    def length(self) -> int:
        """Seconds from the start to the last message."""
        return int(self.seconds[-1]) + 1 - START if self.texts else 0

    def parts(self, pause: int) -> Iterator[Part]:
        """Split the recording at pauses of more than `pause` seconds."""
        ends = np.flatnonzero(np.diff(self.seconds) > pause) + 1
        bounds = [0, *ends.tolist(), len(self.texts)] if self.texts else []
        for begin, end in pairwise(bounds):
            first = int(self.seconds[begin])
            yield Part(
                first=first,
                last=int(self.seconds[end - 1]),
                pause=pause if end < len(self.texts) else 0,
                at=self.seconds[begin:end] - first,
                chatters=self.chatters[begin:end],
                speaks=self.speaks[begin:end],
            )

    def messages(self, first: int, last: int) -> list[ChatMessage]:
        """Return the messages of the seconds `first` to `last`, both inclusive, as the job stores them."""
        begin, end = np.searchsorted(self.seconds, (first, last + 1)).tolist()
        seconds, chatters = self.seconds[begin:end].tolist(), self.chatters[begin:end].tolist()
        return [
            ChatMessage(
                second,
                self.names[chatter],
                message_id[:SHORT_ID],
                emotes or EMPTY_TAG,
                _kept(text),
            )
            for second, chatter, (text, emotes, message_id) in zip(
                seconds, chatters, self.texts.rows(begin, end), strict=True
            )
        ]

    def events(self, first: int, last: int) -> list[tuple[int, ChannelEvent]]:
        """Return the notices of the seconds `first` to `last`, both inclusive, with their second and in order."""
        found = [(START + each.sent_at // 1000, each) for each in self.facts.events]
        return sorted((each for each in found if first <= each[0] <= last), key=lambda each: each[1].sent_at)


def _kept(text: str) -> str:
    """Return a text as the job keeps it: without separators, and not longer than Twitch allows."""
    if PIECE in text or FIELD in text:
        text = text.translate(SEPARATORS)
    return text[:TEXT_LIMIT]


def warn(sentence: str) -> None:
    """Print a sentence for whoever runs the command."""
    sys.stderr.write(f"{sentence}\n")


def read_recording(path: Path, report: Callable[[str], None] = warn, progress: Progress = no_progress) -> Recording:
    """Read a recording of any form; `report` gets a sentence for what is missing. Raises RecordingError, OSError."""
    with Source(path, progress) as source:
        facts = Facts(form_of(source))
        collector = Collector()
        if facts.form == OWN_FORM:
            for messages in own_messages(source, report):
                collector.add(_own_batch(messages))
        else:
            for batch in batches(foreign_messages(source, facts)):
                collector.add(batch)
            _check_and_tell(path, facts, collector, report)
    return collector.recording(path, facts)


def _own_batch(messages: Sequence[RecordedMessage]) -> Batch:
    return Batch([each.t for each in messages], [each.user for each in messages], [each.text for each in messages])


def _check_and_tell(path: Path, facts: Facts, collector: "Collector", report: Callable[[str], None]) -> None:
    """Report what the file lacks; raise RecordingError if it has no message at all."""
    sentences = list(facts.sentences())
    if not collector.count:
        reason = "; ".join(sentences[:2])
        raise RecordingError(f"{path}: is of {facts.form}, but has no message{f' ({reason})' if reason else ''}")
    for sentence in sentences:
        report(f"{path}: {sentence}")


class Collector:
    """Gathers messages into a recording."""

    def __init__(self) -> None:
        self.count = 0
        self._seconds = list[Ints]()
        self._chatters = list["NDArray[np.int32]"]()
        self._speaks = list[Flags]()
        self._texts = TextStore()
        self._numbers: defaultdict[int | str, int] = defaultdict(lambda: len(self._numbers))

    def add(self, batch: Batch) -> None:
        """Add messages."""
        numbers = self._numbers
        self.count += len(batch.times)
        self._seconds.append(np.floor(np.array(batch.times, np.float64)).astype(np.int64))
        self._chatters.append(np.array([numbers[user] for user in batch.users], np.int32))
        self._speaks.append(np.array([not text.startswith(COMMAND_PREFIX) for text in batch.texts], np.bool_))
        self._texts.append(batch.texts, batch.emotes, batch.ids)

    def recording(self, path: Path, facts: Facts) -> Recording:
        """Return all messages in order. Raises RecordingError if a file of our own is not in order."""
        seconds: Ints = np.concatenate([np.array([], np.int64), *self._seconds])
        speaks: Flags = np.concatenate([np.array([], np.bool_), *self._speaks])
        names = [str(user) for user in self._numbers]
        first = dict(zip(reversed(names), reversed(range(len(names))), strict=True))  # 7 and "7" are the same chatter
        same = np.array([first[name] for name in names], np.int64)
        chatters: Ints = same[np.concatenate([np.array([], np.int32), *self._chatters])]
        backwards = np.flatnonzero(np.diff(seconds) < 0)
        if backwards.size and facts.form == OWN_FORM:
            raise RecordingError(f"{path}, line {backwards[0] + 2}: is earlier than the message before it")
        if backwards.size:
            order = np.argsort(seconds, kind="stable")
            seconds, chatters, speaks = seconds[order], chatters[order], speaks[order]
            self._texts.put_in_order(order)
        return Recording(recording_name(path), facts, seconds + START, chatters, speaks, self._texts, names)


def recording_name(path: Path) -> str:
    """Return the file's name without its suffix."""
    suffix = next((each for each in SUFFIXES + OTHER_SUFFIXES if path.name.lower().endswith(each)), "")
    return path.name.removesuffix(suffix)


def find_recordings(names: Sequence[str]) -> list[Path]:
    """Return the files with these paths, patterns or prefixes; raise FileNotFoundError for one that matches nothing."""
    found = []
    for name in names:
        path = Path(name)
        matches = [path] if path.is_file() else _matching(name) or _in_chat_data(name)
        if not matches:
            raise FileNotFoundError(f"{name} is not a file, and no recording in CHAT_DATA starts with it")
        found += matches
    return found


def _matching(pattern: str) -> list[Path]:
    """Return the files that a pattern names: on Windows no shell does that."""
    return sorted(path for path in map(Path, glob(pattern)) if path.is_file()) if has_magic(pattern) else []


def _in_chat_data(prefix: str) -> list[Path]:
    folder = os.environ.get("CHAT_DATA")
    if not folder:
        return []
    return sorted(path for path in Path(folder).glob(f"{prefix}*") if path.name.endswith(SUFFIXES))
