"""Recorded chat: one {"t": seconds from the start, "user": number or name, "text": …} a line, in time order."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import msgspec

from clip_detector.channel import SecondRow
from clip_detector.controls import FIELD, PIECE

SUFFIXES = (".jsonl.gz", ".jsonl")
TEXT_LIMIT = 200  # characters, as the SQL cuts them
BROKEN = 100  # characters of a line that is shown
SEPARATORS = str.maketrans(PIECE + FIELD, "  ")


class Line(msgspec.Struct):
    """One recorded message."""

    t: float
    user: int | str
    text: str


class RecordingError(ValueError):
    """A line is no recorded message, or comes before the one before it."""


def recording_name(path: Path) -> str:
    """The file's name without its ending."""
    ending = next((each for each in SUFFIXES if path.name.endswith(each)), "")
    return path.name.removesuffix(ending)


def seconds(path: Path, start: int) -> Iterator[SecondRow]:
    """The recording as the job's SQL would hand it over, second 0 being `start`. Raises RecordingError, OSError.

    The last second with a message is left out: nobody knows whether the recording has all of it.
    """
    decode = msgspec.json.Decoder(Line).decode
    second, pieces, people, number = -1, list[str](), set[int | str](), 0
    with _opened(path) as lines:
        for text_line in lines:
            number += 1
            try:
                line = decode(text_line)
            except msgspec.DecodeError as error:
                raise RecordingError(f"{path}, line {number}: {error}: {text_line[:BROKEN]!r}") from error
            if line.t >= second + 1:
                if pieces:
                    yield SecondRow(start + second, len(pieces), len(people), PIECE.join(pieces), None)
                    pieces, people = [], set()
                second = int(line.t)
            elif line.t < second:
                raise RecordingError(f"{path}, line {number}: comes before the line before it")
            user, text = line.user, line.text
            if len(text) > TEXT_LIMIT or PIECE in text or FIELD in text:
                text = text[:TEXT_LIMIT].translate(SEPARATORS)
            pieces.append(f"{user}{FIELD}{number:08x}{FIELD}[]{FIELD}{text}")
            people.add(user)


def _opened(path: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(path) if path.name.endswith(".gz") else path.open("rb"))
