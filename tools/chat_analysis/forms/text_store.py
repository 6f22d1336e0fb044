"""The texts of a recording, in blocks: in memory while they are few, then in a temporary file."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import NamedTuple, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

MEMORY_BYTES = 64 << 20  # more texts than this go to the disk


class Block(NamedTuple):
    """Texts that were added together; `emotes` and `ids` are empty if no text has any."""

    texts: list[str]
    emotes: list[str]
    ids: list[str]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Block).decode


class TextStore(Sequence[str]):
    """Texts by their number. `append` takes them as they come; `put_in_order` then numbers them anew."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - lives as long as the store
        self._firsts = [0]  # number of each block's first text, and of the next block's
        self._ends = [0]  # where each block begins in the file, and the next will
        self._order: NDArray[np.int64] | None = None
        self._open = -1, Block([], [], [])  # the block that was read last

    def append(self, texts: list[str], emotes: list[str], ids: list[str]) -> None:
        """Add texts; `emotes` and `ids` are empty or have as many."""
        try:
            packed = _encode(Block(texts, emotes, ids))
        except UnicodeEncodeError:  # JSON can spell half of a character
            packed = _encode(Block([each.encode("utf-8", "replace").decode() for each in texts], emotes, ids))
        self._file.seek(self._ends[-1])
        self._file.write(packed)
        self._ends.append(self._ends[-1] + len(packed))
        self._firsts.append(self._firsts[-1] + len(texts))

    def put_in_order(self, order: NDArray[np.int64]) -> None:
        """Number the texts by `order`: the old number of each new one."""
        self._order = order

    def close(self) -> None:
        """Remove the texts."""
        self._file.close()

    def rows(self, first: int, last: int) -> list[tuple[str, str, str]]:
        """Return the texts from `first` up to but without `last`, each with its emotes as JSON and its id, or ""."""
        if self._order is not None:
            return [row for number in self._order[first:last].tolist() for row in self._slice(number, number + 1)]
        return list(self._slice(first, last))

    def _slice(self, first: int, last: int) -> Iterator[tuple[str, str, str]]:
        """Yield rows by their old numbers."""
        while first < last:
            place, block = self._block_of(first)
            begin = first - self._firsts[place]
            end = min(last, self._firsts[place + 1]) - self._firsts[place]
            nothing = [""] * (end - begin)
            emotes, ids = block.emotes[begin:end] or nothing, block.ids[begin:end] or nothing
            yield from zip(block.texts[begin:end], emotes, ids, strict=True)
            first += end - begin

    def __len__(self) -> int:
        return self._firsts[-1]

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        number += len(self) if number < 0 else 0
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self.rows(number, number + 1)[0][0]

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def _block_of(self, number: int) -> tuple[int, Block]:
        """Return the block that has the text of this old number, and its place."""
        place, block = self._open
        if place < 0 or not self._firsts[place] <= number < self._firsts[place + 1]:
            place = bisect_right(self._firsts, number) - 1
            self._file.seek(self._ends[place])
            block = _decode(self._file.read(self._ends[place + 1] - self._ends[place]))
            self._open = place, block
        return place, block
