"""The lines of a recording's file: a message each; what is not understood is an error that names file and line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from chat_analysis.forms.batch import LONGEST_SECONDS
from chat_analysis.forms.errors import RecordingError
from chat_analysis.forms.source import Source

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CUT = "Input data was truncated"  # msgspec's words for JSON that ends too early


class RecordedMessage(msgspec.Struct, gc=False):
    """One line of a recording."""

    t: Annotated[float, msgspec.Meta(ge=-LONGEST_SECONDS, le=LONGEST_SECONDS)]
    user: int | str
    text: str


_decoder = msgspec.json.Decoder(RecordedMessage)


def read_messages(path: Path, report: Callable[[str], None]) -> Iterator[list[RecordedMessage]]:
    """Yield the messages of a file, many at once. Raises RecordingError, OSError.

    `report` is called with a sentence if the last line is cut, as of a recording that still runs; it is left out.
    """
    with Source(path) as source:
        yield from own_messages(source, report)


def own_messages(source: Source, report: Callable[[str], None]) -> Iterator[list[RecordedMessage]]:
    """Yield the messages of an open file; see read_messages."""
    lines_read = 0
    for lines, is_last in _whole_lines(source.blocks()):
        try:
            yield _decoder.decode_lines(lines)
        except (msgspec.DecodeError, UnicodeDecodeError):
            number, problem = _first_problem(lines)
            if not (is_last and number == lines.count(b"\n") + 1 and problem == CUT):
                raise RecordingError(f"{source.path}, line {lines_read + number}: {problem}") from None
            report(f"{source.path}, line {lines_read + number}: is cut and left out")
            yield _decoder.decode_lines(lines.rpartition(b"\n")[0])
        lines_read += lines.count(b"\n") + 1


def _whole_lines(blocks: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield blocks of whole lines without their last line feed, and whether it is the file's last block."""
    rest, is_first = b"", True
    for block in blocks:
        if is_first:
            block, is_first = block.removeprefix(BYTE_ORDER_MARK), False
        lines, found, rest = (rest + block).rpartition(b"\n")
        if found:
            yield lines, False
    if rest:
        yield rest, True


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
