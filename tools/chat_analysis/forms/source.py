"""A file's bytes, unpacked if they are gzip, whatever the file is called."""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from chat_analysis.forms.errors import CUT_GZIP, RecordingError

BLOCK_BYTES = 1 << 20  # read at once
GZIP_MAGIC = b"\x1f\x8b"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # what Windows PowerShell writes with ">"
Progress = Callable[[int, int], None]  # bytes of the file that were read, and that there are


def no_progress(done: int, total: int) -> None:
    """Show nothing."""


class Source:
    """An open file. `head`: its first block. Raises RecordingError for a damaged gzip file, OSError."""

    def __init__(self, path: Path, progress: Progress = no_progress) -> None:
        self.path = path
        self._progress = progress
        self._size = path.stat().st_size
        self._raw = path.open("rb")
        is_packed = self._raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        self._raw.seek(0)
        self._file = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if is_packed else self._raw
        try:
            self.head = self._read()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Source":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._raw.close()

    def blocks(self) -> Iterator[bytes]:
        """Yield the file's bytes from the beginning; call this once."""
        block = self.head
        while block:
            yield block
            block = self._read()

    def head_text(self) -> str:
        """Return the first block as text; other bytes become �."""
        return codecs.getincrementaldecoder(self._encoding)("replace").decode(self.head)

    @property
    def _encoding(self) -> str:
        return "utf-16" if self.head.startswith(UTF_16_MARKS) else "utf-8-sig"

    def texts(self, on_other_bytes: Callable[[], None]) -> Iterator[str]:
        """Yield the file as text: UTF-16 if it is marked so, else UTF-8. Other bytes become �, once reported."""
        decoder = codecs.getincrementaldecoder(self._encoding)("strict")
        for block in self.blocks():
            state = decoder.getstate()
            try:
                yield decoder.decode(block)
            except UnicodeDecodeError:
                on_other_bytes()
                decoder = codecs.getincrementaldecoder(self._encoding)("replace")
                decoder.setstate(state)
                yield decoder.decode(block)
        # A character that the file's end cuts is part of a message that it cuts too.

    def _read(self) -> bytes:
        try:
            block = self._file.read(BLOCK_BYTES)
        except gzip.BadGzipFile as error:
            raise RecordingError(f"{self.path}: is no gzip file, or a damaged one ({error})") from None
        except (EOFError, zlib.error):
            raise RecordingError(f"{self.path}: {CUT_GZIP}") from None
        self._progress(self._raw.tell(), self._size)
        return block
