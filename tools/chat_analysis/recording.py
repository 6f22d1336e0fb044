"""Recorded chat: one {"t": seconds from the start, "user": number or name, "text": …} a line, in time order."""

import gzip
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from moment_detection.channel import SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE

SUFFIXES = (".jsonl.gz", ".jsonl")
TEXT_LIMIT = 200  # characters, as the SQL cuts them
BLOCK_BYTES = 1 << 20  # read at once
SEPARATORS = str.maketrans(PIECE + FIELD, "  ")
ESCAPED = b"\\u001"  # how JSON begins either of them
NO_ID_NO_EMOTES = f"{FIELD}{FIELD}[]{FIELD}"  # recordings have neither


class Line(msgspec.Struct, gc=False):
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

    The last second with a message is taken as whole, nothing is known of what follows it.
    """
    second, ends, number = -1, 0.0, 0
    pieces, people = list[str](), set[int | str]()
    for lines, may_separate in blocks(path):
        for line in lines:
            number += 1
            t, user, text = line.t, line.user, line.text
            if t >= ends:
                if pieces:
                    yield SecondRow(start + second, len(pieces), len(people), PIECE.join(pieces), None)
                    pieces, people = [], set()
                second = int(t)
                ends = second + 1
            elif t < second:
                raise RecordingError(f"{path}, message {number}: comes before the message before it")
            if may_separate or len(text) > TEXT_LIMIT:
                text = text[:TEXT_LIMIT].translate(SEPARATORS)
            pieces.append(f"{user}{NO_ID_NO_EMOTES}{text}")
            people.add(user)
    if pieces:
        yield SecondRow(start + second, len(pieces), len(people), PIECE.join(pieces), None)


def blocks(path: Path) -> Iterator[tuple[list[Line], bool]]:
    """The messages, many at once, and whether a text may hold a separator. A last line that was cut is left out."""
    decode = msgspec.json.Decoder(Line).decode_lines
    rest, read = b"", 0
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            whole, _, rest = (rest + block).rpartition(b"\n")
            try:
                lines = decode(whole)
            except msgspec.DecodeError as error:
                raise RecordingError(f"{path}, after message {read}: {error}") from error
            read += len(lines)
            yield lines, ESCAPED in whole
    with suppress(msgspec.DecodeError):
        yield decode(rest), True
