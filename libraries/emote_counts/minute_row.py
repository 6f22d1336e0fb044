"""A channel's minute in one row: all of its emotes, with a directory of fixed width in front.

    2 bytes              how many emotes (n)
    4 bytes for each     their ids, ascending
    1 byte for each      the length of their pieces
    pieces               uses without people (a number; left out where there is a single use), then the seconds

So one emote of 1,440 rows is found by bisection, without walking through the others.
"""

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from emote_counts.packing import pack_seconds, unpack_seconds
from emote_counts.varint import PackingError, packed, unpacked

HEAD = struct.Struct("<H")
ID_BYTES, LENGTH_BYTES = 4, 1


class MinuteUses(NamedTuple):
    """The uses of one emote in one minute: pairs (second, uses) by ascending second, and distinct chatters."""

    seconds: tuple[tuple[int, int], ...]
    people: int

    @property
    def uses(self) -> int:
        """All uses of the minute."""
        return sum(number for _, number in self.seconds)


def pack_minute(emotes: Mapping[int, MinuteUses]) -> bytes:
    """Pack a minute's emotes, by their ids."""
    ids = sorted(emotes)
    pieces = [_piece(emotes[emote_id]) for emote_id in ids]
    return b"".join((HEAD.pack(len(ids)), _ids_packed(ids), bytes(map(len, pieces)), *pieces))


def unpack_minute(row: bytes) -> Iterator[tuple[int, MinuteUses]]:
    """Yield each emote's id and uses."""
    ids, lengths, place = _directory(row)
    for emote_id, length in zip(ids, lengths, strict=True):
        yield emote_id, _read(row[place : place + length])
        place += length


def ids_of(row: bytes) -> "array[int]":
    """Return the ids of a minute's emotes, ascending."""
    return _directory(row)[0]


def find(row: bytes, emote_id: int) -> MinuteUses | None:
    """Return one emote's uses; None if it was not used in this minute."""
    ids, lengths, place = _directory(row)
    number = bisect_left(ids, emote_id)
    if number == len(ids) or ids[number] != emote_id:
        return None
    place += sum(lengths[:number])
    return _read(row[place : place + lengths[number]])


def _directory(row: bytes) -> "tuple[array[int], bytes, int]":
    """Return the ids, the lengths of their pieces, and where the first piece begins."""
    (count,) = HEAD.unpack_from(row)
    lengths_at = HEAD.size + ID_BYTES * count
    ids = array("I", row[HEAD.size : lengths_at])
    if sys.byteorder == "big":
        ids.byteswap()
    pieces_at = lengths_at + LENGTH_BYTES * count
    return ids, row[lengths_at:pieces_at], pieces_at


def _ids_packed(ids: list[int]) -> bytes:
    found = array("I", ids)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def _piece(uses: MinuteUses) -> bytes:
    seconds = pack_seconds(uses.seconds)
    if len(seconds) == 1:
        return seconds
    return packed((uses.uses - uses.people,)) + seconds


def _read(piece: bytes) -> MinuteUses:
    if len(piece) == 1:
        return MinuteUses(((piece[0], 1),), 1)
    head = 1
    while piece[head - 1] & 128:
        head += 1
    seconds = tuple(unpack_seconds(piece[head:]))
    (repeats,) = unpacked(piece[:head])
    if not seconds:
        raise PackingError("an emote without a use")
    return MinuteUses(seconds, sum(number for _, number in seconds) - repeats)
