"""The most used emotes between two times, exactly, without unpacking the seconds of all of them.

Whole days and minutes have their sums. Of the days at the ends, the day's sum is an upper bound, then that of the hours
that are cut: only emotes that could still be among the first are counted by second.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nlargest
from itertools import chain
from typing import NamedTuple

from emote_counts.day_row import DAY_SECONDS, DayUses, people_by_minute
from emote_counts.minute_row import MANY, MinuteRow
from emote_counts.packing import unpack_hours
from emote_counts.slots import PackedDay
from emote_counts.sums import DaySums

HOUR, MINUTE = 3600, 60  # seconds
CHUNK = 8  # emotes, after which the bounds are found anew
NO_END: Counter[int] = Counter()


class End(NamedTuple):
    """The part of a day, in seconds of that day, that a time contains and that is not the whole day."""

    day: int  # since 1970
    begin: int
    end: int


def parts(from_second: int, until_second: int) -> tuple[range, list[End]]:
    """Return the whole days, and the parts of days at the ends, of a time in seconds since 1970."""
    first, last = -(-from_second // DAY_SECONDS), until_second // DAY_SECONDS
    if first > last:
        day = from_second // DAY_SECONDS
        return range(0), [End(day, from_second - day * DAY_SECONDS, until_second - day * DAY_SECONDS)]
    ends = []
    if from_second % DAY_SECONDS:
        ends.append(End(first - 1, from_second % DAY_SECONDS, DAY_SECONDS))
    if until_second % DAY_SECONDS:
        ends.append(End(last, 0, until_second % DAY_SECONDS))
    return range(first, last), ends


class Ranking:
    """Uses by emote: what is sure, and what the ends may add."""

    def __init__(self) -> None:
        self._uses: Counter[int] = Counter()
        self._more: dict[End, Counter[int]] = {}
        self._people: dict[int, int] = {}  # of the ends
        self._minutes: list[MinuteRow] = []
        self._days: list[DaySums] = []
        self._unsure: list[int] | None = None  # found before: there will be no others
        self._read: set[int] = set()  # emotes whose hours are counted

    def add_minutes(self, rows: Iterable[tuple[int, bytes]], from_second: int, until_second: int) -> None:
        """Count minutes, with their start in seconds; those at the ends by second."""
        whole = []
        for start, packed in rows:
            row = MinuteRow(packed)
            if from_second <= start:
                self._minutes.append(row)
            if from_second <= start <= until_second - MINUTE:
                whole.append(row)
            else:
                for emote_id, found in row:
                    self._uses[emote_id] += sum(
                        number for second, number in found.seconds if from_second <= start + second < until_second
                    )
        self._add_whole(whole)

    def _add_whole(self, rows: list[MinuteRow]) -> None:
        """Count minutes, one use of each emote first: most have no more, and that is counted without Python."""
        uses = self._uses
        uses.update(chain.from_iterable(row.ids for row in rows))
        for row in rows:
            if MANY in row.least_uses:
                several = [(emote_id, number) for emote_id, number in row.uses() if number > 1]
            else:
                several = [each for each in zip(row.ids, row.least_uses, strict=True) if each[1] > 1]
            for emote_id, number in several:
                uses[emote_id] += number - 1

    def add_day(self, sums: DaySums) -> None:
        """Count a whole day."""
        self._days.append(sums)
        uses = self._uses
        for emote_id, number in sums.uses():
            uses[emote_id] += number

    def add_end(self, end: End, sums: DaySums) -> None:
        """Note that a part of this day belongs to the time."""
        self._more[end] = Counter(dict(sums.uses()))

    def emotes(self) -> list[int]:
        """Return all emotes that may have been used."""
        return list({*self._uses}.union(*self._more.values()))

    def keep(self, emote_ids: set[int]) -> None:
        """Forget all other emotes."""
        for counter in (self._uses, *self._more.values()):
            for emote_id in counter.keys() - emote_ids:
                del counter[emote_id]

    def settle(self, days: Mapping[End, Mapping[int, PackedDay]], most: int, at_once: int) -> list[int]:
        """Count what may be among the first `most`, as far as it was read.

        Return the emotes that have to be read and given to `count_hours` before the next call, `at_once` at most; none
        once all is sure.
        """
        while unsure := self._find_unsure(most):
            if not self._read.issuperset(unsure[:CHUNK]):
                return [emote_id for emote_id in unsure if emote_id not in self._read][:at_once]
            for emote_id in unsure[:CHUNK]:
                for end, more in self._more.items():
                    if more.pop(emote_id, 0):
                        self._count_cut(end, emote_id, days[end][emote_id])
        return []

    def _find_unsure(self, most: int) -> list[int]:
        """Return the emotes whose ends decide about the first `most`, the largest bound first."""
        if self._unsure is None:
            self._unsure = list(set[int]().union(*self._more.values()))
        least, uses = self._least(most), self._uses.get
        one, other = (each.get for each in (*self._more.values(), NO_END, NO_END)[:2])  # a time has two ends at most
        bounds = [
            (uses(emote_id, 0) + more, emote_id)
            for emote_id in self._unsure
            if (more := one(emote_id, 0) + other(emote_id, 0))
        ]
        self._unsure = [emote_id for number, emote_id in sorted(bounds, reverse=True) if number >= least]
        return self._unsure

    def _least(self, most: int) -> int:
        """Return how many uses an emote needs at least to be among the first."""
        largest = nlargest(most, self._uses.values())
        return largest[-1] if len(largest) == most else 1

    def count_hours(self, end: End, emote_ids: Iterable[int], days: Mapping[int, PackedDay]) -> None:
        """Count the whole hours of an end for these emotes; what the hours that are cut may add stays open."""
        left = self._more[end]
        for emote_id in emote_ids:
            self._read.add(emote_id)
            left.pop(emote_id, None)
            if emote_id in days:
                self._count_hours(end, emote_id, days[emote_id], left)

    def _count_hours(self, end: End, emote_id: int, packed: PackedDay, left: Counter[int]) -> None:
        for hour, (number, people) in unpack_hours(packed.hours).items():
            if end.begin <= hour * HOUR and (hour + 1) * HOUR <= end.end:
                self._uses[emote_id] += number
                self._people[emote_id] = max(people, self._people.get(emote_id, 0))
            elif end.begin < (hour + 1) * HOUR and hour * HOUR < end.end:
                left[emote_id] += number

    def _count_cut(self, end: End, emote_id: int, packed: PackedDay) -> None:
        day = DayUses(packed.seconds)
        for begin, until in cut_hours(end):
            if uses := day.before(until) - day.before(begin):
                people = people_by_minute(day, packed.fewer, -(-begin // MINUTE), -(-until // MINUTE))
                self._uses[emote_id] += uses
                self._people[emote_id] = max(*people.values(), 0, self._people.get(emote_id, 0))

    def first(self, most: int) -> list[tuple[int, int, int]]:
        """Return id, uses and people of the most used, those of equal uses by their id."""
        found = nlargest(most, self._uses.items(), key=lambda item: (item[1], -item[0]))
        people = self._people_of({emote_id for emote_id, _ in found})
        return [(emote_id, uses, people[emote_id]) for emote_id, uses in found if uses]

    def _people_of(self, emote_ids: set[int]) -> dict[int, int]:
        """Return the people of each one's busiest minute."""
        found = {emote_id: self._people.get(emote_id, 0) for emote_id in emote_ids}
        for row in self._minutes:
            for emote_id, people in zip(row.ids, row.least_people, strict=True):
                if emote_id in emote_ids and (people > found[emote_id] or people == MANY):
                    found[emote_id] = max(found[emote_id], row.people(emote_id))
        for sums in self._days:
            for emote_id in emote_ids:
                found[emote_id] = max(found[emote_id], sums.people(emote_id))
        return found


def cut_hours(end: End) -> list[tuple[int, int]]:
    """Return the parts of hours that are not whole, in seconds of the day."""
    first, last = -(-end.begin // HOUR) * HOUR, end.end // HOUR * HOUR
    if first > last:
        return [(end.begin, end.end)]
    return [(begin, until) for begin, until in ((end.begin, first), (last, end.end)) if begin < until]
