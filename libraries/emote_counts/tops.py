"""The most used emotes between two times, exactly, without unpacking the seconds of all of them.

Whole days and minutes have their sums. Of the days at the ends, hours that are cut give an upper bound; only emotes
that could be among the first are counted by second.
"""

from collections import Counter
from collections.abc import Iterable
from heapq import nlargest
from typing import NamedTuple

from emote_counts.day_row import DAY_SECONDS, DayUses, people_by_minute
from emote_counts.minute_row import MinuteRow
from emote_counts.packing import unpack_hours

HOUR, MINUTE = 3600, 60  # seconds
MINUTE_MS = 60_000


class Ends(NamedTuple):
    """The part of a day, in seconds of that day, that a time contains and that is not the whole day."""

    day: int  # since 1970
    begin: int
    end: int


def parts(from_second: int, until_second: int) -> tuple[range, list[Ends]]:
    """Return the whole days, and the parts of days at the ends, of a time in seconds since 1970."""
    first, last = -(-from_second // DAY_SECONDS), until_second // DAY_SECONDS
    if first > last:
        day = from_second // DAY_SECONDS
        return range(0), [Ends(day, from_second - day * DAY_SECONDS, until_second - day * DAY_SECONDS)]
    ends = []
    if from_second % DAY_SECONDS:
        ends.append(Ends(first - 1, from_second % DAY_SECONDS, DAY_SECONDS))
    if until_second % DAY_SECONDS:
        ends.append(Ends(last, 0, until_second % DAY_SECONDS))
    return range(first, last), ends


class Ranking:
    """Uses by emote: what is sure, and what may come on top of it."""

    def __init__(self) -> None:
        self.uses: Counter[int] = Counter()
        self.people: dict[int, int] = {}
        self._more: Counter[int] = Counter()
        self._minutes: list[MinuteRow] = []

    def add(self, emote_id: int, uses: int, people: int) -> None:
        """Count uses, and the people of the busiest minute among them."""
        self.uses[emote_id] += uses
        self.people[emote_id] = max(people, self.people.get(emote_id, 0))

    def add_minutes(self, rows: Iterable[tuple[int, bytes]], from_second: int, until_second: int) -> None:
        """Count minutes, with their start in seconds; those at the ends by second."""
        uses = self.uses
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

    def add_hours(self, ends: Ends, rows: Iterable[tuple[int, bytes]]) -> None:
        """Count the whole hours of a part of a day; remember how much the hours that are cut may add."""
        for emote_id, packed in rows:
            sure = more = most = 0
            for hour, (number, people) in unpack_hours(packed).items():
                if ends.begin <= hour * HOUR and (hour + 1) * HOUR <= ends.end:
                    sure, most = sure + number, max(most, people)
                elif ends.begin < (hour + 1) * HOUR and hour * HOUR < ends.end:
                    more += number
            if sure:
                self.add(emote_id, sure, most)
            if more:
                self._more[emote_id] += more

    def emotes(self) -> list[int]:
        """Return the ids of all emotes that may have been used."""
        return [*(self.uses | self._more)]

    def keep(self, emote_ids: set[int]) -> None:
        """Forget all other emotes."""
        self.uses = Counter({each: number for each, number in self.uses.items() if each in emote_ids})
        self._more = Counter({each: number for each, number in self._more.items() if each in emote_ids})

    def unsure(self, most: int) -> list[int]:
        """Return the emotes whose cut hours decide about the first `most`."""
        largest = nlargest(most, self.uses.values())
        least = largest[-1] if len(largest) == most else 0
        return [each for each, more in self._more.items() if self.uses[each] + more >= least]

    def add_cut_hours(self, ends: Ends, emote_id: int, seconds: bytes, fewer: bytes) -> None:
        """Count the cut hours of a part of a day by second."""
        day = DayUses(seconds)
        for begin, end in cut_hours(ends):
            uses = day.before(end) - day.before(begin)
            people = people_by_minute(day, fewer, -(-begin // MINUTE), -(-end // MINUTE))
            if uses:
                self.add(emote_id, uses, max(people.values(), default=0))

    def first(self, most: int) -> list[tuple[int, int, int]]:
        """Return id, uses and people of the most used, those of equal uses by their id."""
        found = nlargest(most, self.uses.items(), key=lambda item: (item[1], -item[0]))
        return [(emote_id, uses, self._people(emote_id)) for emote_id, uses in found if uses]

    def _people(self, emote_id: int) -> int:
        in_minutes = max((row.people(emote_id) for row in self._minutes), default=0)
        return max(in_minutes, self.people.get(emote_id, 0))


def cut_hours(ends: Ends) -> list[tuple[int, int]]:
    """Return the parts of hours that are not whole, in seconds of the day."""
    first, last = -(-ends.begin // HOUR) * HOUR, ends.end // HOUR * HOUR
    if first > last:
        return [(ends.begin, ends.end)]
    return [(begin, end) for begin, end in ((ends.begin, first), (last, ends.end)) if begin < end]
