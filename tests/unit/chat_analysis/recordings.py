"""Recordings for the tests, and their rows as the job's SQL would make them."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from chat_analysis.recording import START
from moment_detection.channel import SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE

Message = Mapping[str, object]  # t, user, text


def write_recording(path: Path, messages: Iterable[Message]) -> Path:
    lines = "".join(json.dumps(message) + "\n" for message in messages).encode()
    path.write_bytes(gzip.compress(lines) if path.suffix == ".gz" else lines)
    return path


def rows_of(messages: Iterable[Message]) -> Iterator[SecondRow]:
    by_second: dict[int, list[Message]] = defaultdict(list)
    for message in messages:
        by_second[int(float(str(message["t"])))].append(message)
    for second, group in by_second.items():
        pieces = PIECE.join(FIELD.join((str(each["user"]), "x", "[]", str(each["text"]))) for each in group)
        chatters = len({each["user"] for each in group})
        yield SecondRow(START + second, len(group), chatters, pieces, None)
