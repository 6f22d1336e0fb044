"""The uses of every emote in a channel's day, and the people of its busiest minute: what a top adds up.

4 bytes              how many emotes (n)
4 bytes for each     their ids, ascending
2 bytes for each     their uses
1 byte for each      their people
the rest             what does not fit these, in this order
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from emote_counts.slots import NUMBER_BYTES, numbers_packed, numbers_unpacked
from emote_counts.varint import put, unpacked

MOST_USES, MOST_PEOPLE = 2**16 - 1, 2**8 - 1  # as many or more are in the rest


def pack_sums(sums: Mapping[int, tuple[int, int]]) -> bytes:
    """Pack uses and people by emote."""
    ids = sorted(sums)
    uses, people = ([sums[emote_id][place] for emote_id in ids] for place in (0, 1))
    short = array("H", (min(number, MOST_USES) for number in uses))
    if sys.byteorder == "big":
        short.byteswap()
    rest = bytearray()
    for numbers, most in ((uses, MOST_USES), (people, MOST_PEOPLE)):
        for number in numbers:
            if number >= most:
                put(rest, number)
    narrow = bytes(min(number, MOST_PEOPLE) for number in people)
    return b"".join((numbers_packed([len(ids)]), numbers_packed(ids), short.tobytes(), narrow, rest))


class DaySums:
    """Unpacked sums."""

    def __init__(self, data: bytes) -> None:
        (count,) = numbers_unpacked(data[:NUMBER_BYTES])
        uses_at = NUMBER_BYTES * (count + 1)
        people_at, rest_at = uses_at + 2 * count, uses_at + 3 * count
        self.ids = numbers_unpacked(data[NUMBER_BYTES:uses_at])
        uses = array("H", data[uses_at:people_at])
        if sys.byteorder == "big":
            uses.byteswap()
        self._uses: Sequence[int] = uses
        self._people: Sequence[int] = data[people_at:rest_at]
        if len(data) > rest_at:
            rest = iter(unpacked(data[rest_at:]))
            self._uses = [next(rest) if number == MOST_USES else number for number in uses]
            self._people = [next(rest) if number == MOST_PEOPLE else number for number in self._people]

    def uses(self) -> Iterator[tuple[int, int]]:
        """Return pairs of each emote's id and uses."""
        return zip(self.ids, self._uses, strict=True)

    def people(self, emote_id: int) -> int:
        """Return the people of an emote's busiest minute."""
        place = bisect_left(self.ids, emote_id)
        return self._people[place] if place < len(self.ids) and self.ids[place] == emote_id else 0
