"""Recorded chat: one {"t": seconds from the start, "user": number or name, "text": ...} per line, in order of time."""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chat_analysis.recording_file import RecordingError, read_messages
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.window_chatters import COMMAND_PREFIX
from moment_detection.evidence.chat_message import EMPTY_TAG, TEXT_LIMIT, ChatMessage

SUFFIXES = (".jsonl.gz", ".jsonl")
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

    `names` are the chatters by their numbers.
    """

    name: str
    seconds: Ints
    chatters: Ints
    texts: list[str]
    names: list[str]

    @property
    def length(self) -> int:
        """Seconds from the start to the last message."""
        return int(self.seconds[-1]) + 1 - START if self.texts else 0

    def speaks(self) -> Flags:
        """Return which messages are not commands to a bot."""
        return np.array([not text.startswith(COMMAND_PREFIX) for text in self.texts], np.bool_)

    def parts(self, pause: int) -> Iterator[Part]:
        """Split the recording at pauses of more than `pause` seconds."""
        speaks = self.speaks()
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
                speaks=speaks[begin:end],
            )

    def messages(self, first: int, last: int) -> list[ChatMessage]:
        """Return the messages of the seconds `first` to `last`, both inclusive, as the job stores them."""
        begin, end = np.searchsorted(self.seconds, (first, last + 1)).tolist()
        found = zip(
            self.seconds[begin:end].tolist(), self.chatters[begin:end].tolist(), self.texts[begin:end], strict=True
        )
        return [
            ChatMessage(
                second=second,
                chatter=self.names[chatter],
                message_id="",
                twitch_emotes=EMPTY_TAG,
                text=text[:TEXT_LIMIT].translate(SEPARATORS),
            )
            for second, chatter, text in found
        ]


def warn(sentence: str) -> None:
    """Print a sentence for whoever runs the command."""
    sys.stderr.write(f"{sentence}\n")


def read_recording(path: Path, report: Callable[[str], None] = warn) -> Recording:
    """Read a whole recording; `report` gets a sentence if its last line is cut. Raises RecordingError, OSError."""
    times, chatters, texts = list[float](), list[int](), list[str]()
    numbers: defaultdict[int | str, int] = defaultdict(lambda: len(numbers))
    for messages in read_messages(path, report):
        times += [message.t for message in messages]
        chatters += [numbers[message.user] for message in messages]
        texts += [message.text for message in messages]
    seconds = np.array(times, np.float64).astype(np.int64)
    backwards = np.flatnonzero(np.diff(seconds) < 0)
    if backwards.size:
        raise RecordingError(f"{path}, line {backwards[0] + 2}: is earlier than the message before it")
    names = [str(user) for user in numbers]
    first = dict(zip(reversed(names), reversed(range(len(names))), strict=True))  # 7 and "7" are the same chatter
    same = np.array([first[name] for name in names], np.int64)
    return Recording(
        name=recording_name(path),
        seconds=seconds + START,
        chatters=same[np.array(chatters, np.int64)],
        texts=texts,
        names=names,
    )


def recording_name(path: Path) -> str:
    """Return the file's name without its suffix."""
    suffix = next((each for each in SUFFIXES if path.name.endswith(each)), "")
    return path.name.removesuffix(suffix)


def find_recordings(names: Sequence[str]) -> list[Path]:
    """Return the files with these paths or prefixes; raise FileNotFoundError for one that matches nothing."""
    found = []
    for name in names:
        path = Path(name)
        matches = [path] if path.is_file() else _in_chat_data(name)
        if not matches:
            raise FileNotFoundError(f"{name} is not a file, and no recording in CHAT_DATA starts with it")
        found += matches
    return found


def _in_chat_data(prefix: str) -> list[Path]:
    folder = os.environ.get("CHAT_DATA")
    if not folder:
        return []
    return sorted(path for path in Path(folder).glob(f"{prefix}*") if path.name.endswith(SUFFIXES))
