"""The most used emotes between two times, exactly, without unpacking the seconds of all of them.

Whole days and minutes have their sums. Of the days at the ends, the day's sum is an upper bound, then that of the hours
that are cut: only emotes that could still be among the first are counted by second.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nlargest
from typing import NamedTuple

from emote_counts.day_row import DAY_SECONDS, DayUses, people_by_minute
from emote_counts.minute_row import MinuteRow
from emote_counts.packing import unpack_hours
from emote_counts.slots import PackedDay
from emote_counts.sums import DaySums

HOUR, MINUTE = 3600, 60  # seconds
CHUNK = 8  # emotes, after which the bound is found anew


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

    def add_minutes(self, rows: Iterable[tuple[int, bytes]], from_second: int, until_second: int) -> None:
        """Count minutes, with their start in seconds; those at the ends by second."""
        uses = self._uses
        for start, packed in rows:
            row = MinuteRow(packed)
            if from_second <= start:
                self._minutes.append(row)
            if from_second <= start <= until_second - MINUTE:
                for emote_id, number in row.uses():
                    uses[emote_id] += number
            else:
                for emote_id, found in row:
                    uses[emote_id] += sum(
                        number for second, number in found.seconds if from_second <= start + second < until_second
                    )

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

    def unsure(self, most: int) -> list[int]:
        """Return the emotes whose ends decide about the first `most`, the largest bound first."""
        bound: Counter[int] = Counter()
        for more in self._more.values():
            bound.update(more)
        uses, least = self._uses, self._least(most)
        found = [(uses[emote_id] + more, emote_id) for emote_id, more in bound.items()]
        return [emote_id for number, emote_id in sorted(found, reverse=True) if number >= least]

    def _least(self, most: int) -> int:
        """Return how many uses an emote needs at least to be among the first."""
        largest = nlargest(most, self._uses.values())
        return largest[-1] if len(largest) == most else 1

    def count_hours(self, end: End, days: Mapping[int, PackedDay]) -> None:
        """Count the whole hours of an end; what the hours that are cut may add stays open. Others are left out."""
        left: Counter[int] = Counter()
        self._more[end] = left
        for emote_id, packed in days.items():
            for hour, (number, people) in unpack_hours(packed.hours).items():
                if end.begin <= hour * HOUR and (hour + 1) * HOUR <= end.end:
                    self._uses[emote_id] += number
                    self._people[emote_id] = max(people, self._people.get(emote_id, 0))
                elif end.begin < (hour + 1) * HOUR and hour * HOUR < end.end:
                    left[emote_id] += number

    def count_cut_hours(self, days: Mapping[End, Mapping[int, PackedDay]], most: int) -> None:
        """Count by second what may be among the first `most`."""
        unsure = self.unsure(most)
        while unsure:
            for emote_id in unsure[:CHUNK]:
                for end, more in self._more.items():
                    if more.pop(emote_id, 0):
                        self._count_cut(end, emote_id, days[end][emote_id])
            unsure = self.unsure(most)

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
        return [(emote_id, uses, self._people_of(emote_id)) for emote_id, uses in found if uses]

    def _people_of(self, emote_id: int) -> int:
        in_minutes = (row.people(emote_id) for row in self._minutes)
        in_days = (sums.people(emote_id) for sums in self._days)
        return max(self._people.get(emote_id, 0), *in_minutes, *in_days, 0)


def cut_hours(end: End) -> list[tuple[int, int]]:
    """Return the parts of hours that are not whole, in seconds of the day."""
    first, last = -(-end.begin // HOUR) * HOUR, end.end // HOUR * HOUR
    if first > last:
        return [(end.begin, end.end)]
    return [(begin, until) for begin, until in ((end.begin, first), (last, end.end)) if begin < until]
