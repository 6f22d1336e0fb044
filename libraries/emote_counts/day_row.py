"""A day of one emote in one channel: the used seconds, and the people of each minute.

Seconds come in one of two forms, whichever suits their number.

Few: for each used second the distance from the one before, doubled, and one more if it has several uses; then these.

Many (`DENSE` and more): a byte for each block of four minutes, how many of its seconds were used; a byte for each used
second, its place in the block; then two bytes for each of those with several uses: the distance in this list, and how
many more uses than one. A distance or a number that does not fit a byte takes several pairs. A sum between any two
seconds is found by bisection, whatever the number of uses, and nothing here is read byte by byte in Python.

People: a minute has as many as it has uses, but for the minutes that are listed, with how many fewer. Most are not.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise

from emote_counts.packing import MOST_USES
from emote_counts.varint import PackingError, put, unpacked

DAY_SECONDS = 86_400
DAY_MINUTES = 1_440
BLOCK = 240  # seconds: a place in a block fits a byte, and four minutes are a block
BLOCKS = DAY_SECONDS // BLOCK
DENSE = 512  # used seconds, from which on a byte for each is less than what distances cost, or hardly more
FULL = 255  # of a byte
FEW, MANY = 0, 1  # the first byte


def pack_day(uses: Mapping[int, int]) -> bytes:
    """Pack a day's uses by second of the day."""
    cells = sorted(uses.items())
    return _many(cells) if len(cells) >= DENSE else _few(cells)


def _few(cells: Iterable[tuple[int, int]]) -> bytes:
    out = bytearray([FEW])
    last = 0
    for second, number in cells:
        put(out, (second - last) << 1 | (number > 1))
        if number > 1:
            put(out, min(number, MOST_USES) - 2)
        last = second
    return bytes(out)


def _many(cells: list[tuple[int, int]]) -> bytes:
    counts, distances, more, last = bytearray(BLOCKS), bytearray(), bytearray(), 0
    for place, (second, number) in enumerate(cells):
        counts[second // BLOCK] += 1
        if number > 1:
            _put_pairs(distances, more, place - last, min(number, MOST_USES) - 1)
            last = place
    return b"".join((bytes([MANY]), counts, bytes(second % BLOCK for second, _ in cells), distances, more))


def _put_pairs(distances: bytearray, more: bytearray, distance: int, number: int) -> None:
    """Append as many pairs as a distance and a number of further uses need."""
    while distance > FULL:
        distances.append(FULL)
        more.append(0)
        distance -= FULL
    while number > FULL:
        distances.append(distance)
        more.append(FULL)
        distance, number = 0, number - FULL
    distances.append(distance)
    more.append(number)


class DayUses:
    """A day's uses of one emote, unpacked as far as questions need it. Raises PackingError for other bytes."""

    def __init__(self, data: bytes) -> None:
        if not data or data[0] not in (FEW, MANY):
            raise PackingError("no packed day")
        self._is_dense = data[0] == MANY
        if self._is_dense:
            self._read_many(data)
        else:
            self._read_few(data)

    def _read_few(self, data: bytes) -> None:
        self._seconds: list[int] = []
        self._several: list[int] = []  # which of the used seconds have several uses
        more: list[int] = []  # and how many besides the first
        numbers = iter(unpacked(data[1:]))
        last = 0
        for number in numbers:
            last += number >> 1
            if number & 1:
                self._several.append(len(self._seconds))
                more.append(next(numbers, 0) + 1)
            self._seconds.append(last)
        self._more = [0, *accumulate(more)]

    def _read_many(self, data: bytes) -> None:
        self._block_ends = [0, *accumulate(data[1 : BLOCKS + 1])]
        places_end = BLOCKS + 1 + self._block_ends[-1]
        self._places = data[BLOCKS + 1 : places_end]
        count = (len(data) - places_end) // 2
        self._several = list(accumulate(data[places_end : places_end + count]))
        self._more = [0, *accumulate(data[places_end + count :])]
        if len(self._more) != count + 1:
            raise PackingError("a day is cut off")

    def _used_before(self, second: int) -> int:
        """Return how many used seconds lie before this one."""
        if not self._is_dense:
            return bisect_left(self._seconds, second)
        if second >= DAY_SECONDS:
            return self._block_ends[-1]
        block, place = divmod(second, BLOCK)
        begin, end = self._block_ends[block], self._block_ends[block + 1]
        return bisect_left(self._places, place, begin, end) if place else begin

    def before(self, second: int) -> int:
        """Return the uses before a second of the day."""
        used = self._used_before(second)
        return used + self._more[bisect_left(self._several, used)]

    def sums(self, bounds: Iterable[int]) -> list[int]:
        """Return the uses between each of these seconds and the next."""
        before = [self.before(second) for second in bounds]
        return [until - begin for begin, until in pairwise(before)]

    def cells(self) -> Iterator[tuple[int, int]]:
        """Yield each used second of the day with its uses."""
        seconds = list(self._absolute()) if self._is_dense else self._seconds
        uses = [1] * len(seconds)
        for place, (less, more) in zip(self._several, pairwise(self._more), strict=True):
            uses[place] += more - less
        return iter(zip(seconds, uses, strict=True))

    def _absolute(self) -> Iterator[int]:
        for block in range(BLOCKS):
            for place in self._places[self._block_ends[block] : self._block_ends[block + 1]]:
                yield block * BLOCK + place


def pack_people(people: Mapping[int, int], uses: Mapping[int, int]) -> bytes:
    """Pack the people of each minute of the day, which has so many uses, by how many fewer they are."""
    out = bytearray()
    last = 0
    for minute in sorted(uses):
        if people[minute] < uses[minute]:
            put(out, minute - last)
            put(out, uses[minute] - people[minute] - 1)
            last = minute
    return bytes(out)


def fewer_people(data: bytes) -> dict[int, int]:
    """Return for each listed minute how many fewer people than uses it has."""
    numbers = unpacked(data)
    if len(numbers) % 2:
        raise PackingError("a minute without its people")
    return {minute: fewer + 1 for minute, fewer in zip(accumulate(numbers[::2]), numbers[1::2], strict=True)}


def people_by_minute(day: DayUses, people: bytes, first: int = 0, last: int = DAY_MINUTES) -> dict[int, int]:
    """Return the people of the minutes `first` to `last` (without it) in which it was used."""
    fewer = fewer_people(people)
    sums = day.sums(range(first * 60, last * 60 + 1, 60))
    return {minute: uses - fewer.get(minute, 0) for minute, uses in enumerate(sums, first) if uses}
