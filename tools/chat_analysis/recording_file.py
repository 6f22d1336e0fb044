"""The lines of a recording's file: a message each; what is not understood is an error that names file and line."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import msgspec

BLOCK_BYTES = 1 << 20  # read at once
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CUT = "Input data was truncated"  # msgspec's words for JSON that ends too early
LONGEST_SECONDS = 1e9  # thirty years: a later time is a date, not a time from the start


class RecordedMessage(msgspec.Struct, gc=False):
    """One line of a recording."""

    t: Annotated[float, msgspec.Meta(ge=-LONGEST_SECONDS, le=LONGEST_SECONDS)]
    user: int | str
    text: str


class RecordingError(ValueError):
    """A file is no recording, or a line is no message or is earlier than the one before; the text names both."""


_decoder = msgspec.json.Decoder(RecordedMessage)


def read_messages(path: Path, report: Callable[[str], None]) -> Iterator[list[RecordedMessage]]:
    """Yield the messages of a file, many at once. Raises RecordingError, OSError.

    `report` is called with a sentence if the last line is cut, as of a recording that still runs; it is left out.
    """
    lines_read = 0
    with _opened(path) as file:
        for lines, is_last in _whole_lines(path, file):
            try:
                yield _decoder.decode_lines(lines)
            except (msgspec.DecodeError, UnicodeDecodeError):
                number, problem = _first_problem(lines)
                if not (is_last and number == lines.count(b"\n") + 1 and problem == CUT):
                    raise RecordingError(f"{path}, line {lines_read + number}: {problem}") from None
                report(f"{path}, line {lines_read + number}: is cut and left out")
                yield _decoder.decode_lines(lines.rpartition(b"\n")[0])
            lines_read += lines.count(b"\n") + 1


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.name.endswith(".gz") else path.open("rb")


def _whole_lines(path: Path, file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield blocks of whole lines without their last line feed, and whether it is the file's last block."""
    rest, is_first = b"", True
    while block := _read(path, file):
        if is_first:
            block, is_first = block.removeprefix(BYTE_ORDER_MARK), False
        lines, found, rest = (rest + block).rpartition(b"\n")
        if found:
            yield lines, False
    if rest:
        yield rest, True


def _read(path: Path, file: BinaryIO) -> bytes:
    try:
        return file.read(BLOCK_BYTES)
    except gzip.BadGzipFile as error:
        raise RecordingError(f"{path}: is no gzip file, or a damaged one ({error})") from None
    except (EOFError, zlib.error):
        raise RecordingError(f"{path}: the gzip file is cut or damaged") from None


def _first_problem(lines: bytes) -> tuple[int, str]:
    """Return the number (from 1) of the first line that is no message, and what is wrong with it."""
    for number, line in enumerate(lines.split(b"\n"), 1):
        try:
            if line.strip():
                _decoder.decode(line)
        except UnicodeDecodeError:
            return number, "is not UTF-8"
        except msgspec.DecodeError as error:
            return number, CUT if str(error) == CUT else f"is no message of a recording: {error}"
    raise AssertionError("every line by itself is a message, and all together are not")
