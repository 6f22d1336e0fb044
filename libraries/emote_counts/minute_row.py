"""A channel's minute in one row: all of its emotes, with a directory of fixed width in front.

    2 bytes              how many emotes (n)
    4 bytes for each     their ids, ascending
    1 byte for each      their uses, their people, and the length of their pieces: three columns of n bytes
    pieces               the seconds; in front the number of people where a byte is too small for the uses

So one emote of 1,440 rows is found by bisection, and a top adds up the columns, without reading the pieces.
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
ID_BYTES = 4
MANY = 255  # in the columns: as many or more; the piece says how many


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
    uses = bytes(min(emotes[emote_id].uses, MANY) for emote_id in ids)
    people = bytes(min(emotes[emote_id].people, MANY) for emote_id in ids)
    pieces = [
        (packed((emotes[emote_id].people,)) if many == MANY else b"") + pack_seconds(emotes[emote_id].seconds)
        for emote_id, many in zip(ids, uses, strict=True)
    ]
    return b"".join((HEAD.pack(len(ids)), _ids_packed(ids), uses, people, bytes(map(len, pieces)), *pieces))


def _ids_packed(ids: list[int]) -> bytes:
    found = array("I", ids)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


class MinuteRow:
    """A packed minute. `ids` are ascending; beside them stand `least_uses` and `least_people`, at most `MANY`."""

    __slots__ = ("_begin", "_lengths", "_row", "ids", "least_people", "least_uses")

    def __init__(self, row: bytes) -> None:
        (count,) = HEAD.unpack_from(row)
        at = HEAD.size + ID_BYTES * count
        self.ids = array("I", row[HEAD.size : at])
        if sys.byteorder == "big":
            self.ids.byteswap()
        self.least_uses = row[at : at + count]
        self.least_people = row[at + count : at + 2 * count]
        self._lengths = row[at + 2 * count : at + 3 * count]
        self._begin = at + 3 * count
        self._row = row

    def find(self, emote_id: int) -> MinuteUses | None:
        """Return one emote's uses; None if it was not used in this minute."""
        place = self._place(emote_id)
        return None if place is None else self._read(place, self._begin + sum(self._lengths[:place]))

    def people(self, emote_id: int) -> int:
        """Return how many people used an emote."""
        place = self._place(emote_id)
        if place is None:
            return 0
        if self.least_people[place] < MANY:
            return self.least_people[place]
        return self._read(place, self._begin + sum(self._lengths[:place])).people

    def uses(self) -> Iterator[tuple[int, int]]:
        """Return pairs of each emote's id and all of its uses."""
        if MANY not in self.least_uses:
            return zip(self.ids, self.least_uses, strict=True)
        return iter([(emote_id, found.uses) for emote_id, found in self])

    def __iter__(self) -> Iterator[tuple[int, MinuteUses]]:
        at = self._begin
        for place, length in enumerate(self._lengths):
            yield self.ids[place], self._read(place, at)
            at += length

    def _place(self, emote_id: int) -> int | None:
        place = bisect_left(self.ids, emote_id)
        return place if place < len(self.ids) and self.ids[place] == emote_id else None

    def _read(self, place: int, at: int) -> MinuteUses:
        piece = self._row[at : at + self._lengths[place]]
        if self.least_uses[place] == 1:
            return MinuteUses(((piece[0], 1),), 1)
        people, head = self.least_people[place], 0
        if self.least_uses[place] == MANY:
            head = next(number for number, byte in enumerate(piece, 1) if byte < 128)
            (people,) = unpacked(piece[:head])
        seconds = tuple(unpack_seconds(piece[head:]))
        if not seconds:
            raise PackingError("an emote without a use")
        return MinuteUses(seconds, people)
