"""A channel's day in some hundred rows: emotes that were used often have one each, the others share `SLOTS` rows.

Most emotes of a day are used a few dozen times: in rows of their own, Postgres's part would be larger than theirs.

    2 bytes              how many emotes (n)
    4 bytes for each     their ids, ascending
    4 bytes for each     the length of their pieces
    pieces               length and bytes of `hours`, length and bytes of `seconds`, bytes of `fewer`
"""

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from emote_counts.varint import put

SLOTS = 64  # shared rows of some 6 kB each
ALONE_BYTES = 1_000  # of seconds, from which on an emote has a row of its own
HEAD = struct.Struct("<H")
NUMBER_BYTES = 4


class PackedDay(NamedTuple):
    """A day of one emote: see `pack_hours`, `pack_day`, `pack_people`."""

    hours: bytes
    seconds: bytes
    fewer: bytes


def slots_of(emote_ids: Iterable[int]) -> list[int]:
    """Return the rows in which emotes may be."""
    return sorted({slot for emote_id in emote_ids for slot in (emote_id % SLOTS, SLOTS + emote_id)})


def pack_slots(days: Mapping[int, PackedDay]) -> dict[int, bytes]:
    """Pack a channel's day, by emote, into rows by slot."""
    slots: dict[int, list[int]] = {}
    for emote_id in sorted(days):
        is_alone = len(days[emote_id].seconds) >= ALONE_BYTES
        slots.setdefault(SLOTS + emote_id if is_alone else emote_id % SLOTS, []).append(emote_id)
    return {slot: _packed(ids, days) for slot, ids in slots.items()}


def _packed(ids: list[int], days: Mapping[int, PackedDay]) -> bytes:
    pieces = [_piece(days[emote_id]) for emote_id in ids]
    numbers = (numbers_packed(ids), numbers_packed(map(len, pieces)))
    return b"".join((HEAD.pack(len(ids)), *numbers, *pieces))


def _piece(day: PackedDay) -> bytes:
    out = bytearray()
    for part in (day.hours, day.seconds):
        put(out, len(part))
        out += part
    return bytes(out + day.fewer)


def numbers_packed(numbers: Iterable[int]) -> bytes:
    """Pack numbers in four bytes each."""
    found = array("I", numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return found.tobytes()


def numbers_unpacked(data: bytes) -> "array[int]":
    """Return numbers of four bytes."""
    found = array("I", data)
    if sys.byteorder == "big":
        found.byteswap()
    return found


class SlotRow:
    """A packed row."""

    def __init__(self, row: bytes) -> None:
        (count,) = HEAD.unpack_from(row)
        lengths_at = HEAD.size + NUMBER_BYTES * count
        self._begin = lengths_at + NUMBER_BYTES * count
        self._ids = numbers_unpacked(row[HEAD.size : lengths_at])
        self._lengths = numbers_unpacked(row[lengths_at : self._begin])
        self._row = row

    def find(self, emote_id: int) -> PackedDay | None:
        """Return one emote's day; None if it is not here."""
        place = bisect_left(self._ids, emote_id)
        if place == len(self._ids) or self._ids[place] != emote_id:
            return None
        return self._read(self._begin + sum(self._lengths[:place]), self._lengths[place])

    def __iter__(self) -> Iterator[tuple[int, PackedDay]]:
        at = self._begin
        for emote_id, length in zip(self._ids, self._lengths, strict=True):
            yield emote_id, self._read(at, length)
            at += length

    def _read(self, at: int, length: int) -> PackedDay:
        row, end = self._row, at + length
        hours_at, hours_end = self._part(at)
        seconds_at, seconds_end = self._part(hours_end)
        return PackedDay(row[hours_at:hours_end], row[seconds_at:seconds_end], row[seconds_end:end])

    def _part(self, at: int) -> tuple[int, int]:
        """Return where a part that begins with its length begins behind it, and where it ends."""
        length = shift = 0
        while True:
            byte = self._row[at]
            length |= (byte & 127) << shift
            at += 1
            if byte < 128:
                return at, at + length
            shift += 7
