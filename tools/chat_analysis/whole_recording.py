"""A recording as a whole, in arrays: who wrote when; the texts beside them."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chat_analysis.recorded_level import Messages
from chat_analysis.recording import SEPARATORS, TEXT_LIMIT, RecordingError, blocks
from moment_detection.evidence.chat_message import ChatMessage


class Stretch(NamedTuple):
    """Seconds `first` to `last` of a recording, both with messages, without a long pause; one of `pause` seconds
    follows, 0 where nothing is known of what follows."""

    first: int
    last: int
    pause: int
    messages: Messages


class WholeRecording(NamedTuple):
    """All messages in their order: second, the writer's number, text. `names`: the writers by their numbers."""

    seconds: NDArray[np.int64]
    writers: NDArray[np.int64]
    texts: list[str]
    names: list[str]

    def stretches(self, pause: int) -> Iterator[Stretch]:
        """The recording's parts between pauses of more than so many seconds."""
        speaks = np.array([not text.startswith("!") for text in self.texts], np.bool_)
        ends = np.flatnonzero(np.diff(self.seconds) > pause) + 1
        bounds = [0, *ends.tolist(), len(self.texts)] if self.texts else []
        for begin, end in pairwise(bounds):
            first, last = int(self.seconds[begin]), int(self.seconds[end - 1])
            at = self.seconds[begin:end] - first
            messages = Messages(at, self.writers[begin:end], speaks[begin:end])
            yield Stretch(first, last, pause if end < len(self.texts) else 0, messages)

    def said(self, first: int, last: int) -> list[ChatMessage]:
        """The messages of the seconds `first` to `last`, both inclusive, as a channel's texts have them."""
        begin, end = np.searchsorted(self.seconds, (first, last + 1)).tolist()
        said = zip(
            self.seconds[begin:end].tolist(), self.writers[begin:end].tolist(), self.texts[begin:end], strict=True
        )
        return [
            ChatMessage(second, self.names[writer], "", "[]", text[:TEXT_LIMIT].translate(SEPARATORS))
            for second, writer, text in said
        ]


def whole(path: Path, start: int) -> WholeRecording:
    """The recording, second 0 being `start`. Raises RecordingError, OSError."""
    times, writers, texts = list[float](), list[int](), list[str]()
    numbers: defaultdict[int | str, int] = defaultdict(lambda: len(numbers))
    for lines, _ in blocks(path):
        times += [line.t for line in lines]
        writers += [numbers[line.user] for line in lines]
        texts += [line.text for line in lines]
    seconds = np.array(times, np.float64).astype(np.int64)
    backwards = np.flatnonzero(np.diff(seconds) < 0)
    if backwards.size:
        raise RecordingError(f"{path}, message {backwards[0] + 2}: comes before the message before it")
    names = [str(user) for user in numbers]
    first = dict(zip(reversed(names), reversed(range(len(names))), strict=True))  # 7 and "7" are one
    same = np.array([first[name] for name in names], np.int64)
    return WholeRecording(seconds + start, same[np.array(writers, np.int64)], texts, names)
