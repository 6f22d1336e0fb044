"""Merges a channel's minutes into the day's rows, one row for each emote, by replacing their cells.

Merging the same minutes twice, in parts, or in any order gives the same rows; an open minute replaces no closed one.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from emote_counts.day_row import DAY_MINUTES, DayUses, pack_day, pack_people, people_by_minute
from emote_counts.minute_row import MinuteRow
from emote_counts.packing import pack_hours

LARGEST = 2**31 - 1  # integer
NOTHING_CLOSED = bytes(DAY_MINUTES // 8)


class DayRow(NamedTuple):
    """A row of `emote_days`: the uses of the day, the people of its busiest minute, and the packed columns."""

    uses: int
    people: int
    hours: bytes
    seconds: bytes
    fewer: bytes


class Minute(NamedTuple):
    """A row of `emote_minutes`; `number`: its place in the day."""

    number: int
    is_closed: bool
    packed: bytes


class Merged(NamedTuple):
    """What to write: changed rows by emote, emotes whose rows are empty now, and a bit for each closed minute."""

    rows: dict[int, DayRow]
    emptied: list[int]
    closed: bytes


class _Day:
    """An emote's day, unpacked."""

    def __init__(self, row: DayRow | None) -> None:
        day = DayUses(row.seconds) if row else None
        self.uses = dict(day.cells()) if day else {}
        self.people = people_by_minute(day, row.fewer) if day and row else {}

    def clear(self, minutes: set[int]) -> None:
        """Remove minutes."""
        if not minutes.isdisjoint(self.people):
            self.uses = {second: uses for second, uses in self.uses.items() if second // 60 not in minutes}
            self.people = {minute: people for minute, people in self.people.items() if minute not in minutes}

    def row(self) -> DayRow:
        """Pack it."""
        by_minute: dict[int, int] = {}
        for second, uses in self.uses.items():
            by_minute[second // 60] = by_minute.get(second // 60, 0) + uses
        hours: dict[int, tuple[int, int]] = {}
        for minute, uses in by_minute.items():
            known, most = hours.get(minute // 60, (0, 0))
            hours[minute // 60] = (known + uses, max(most, self.people[minute]))
        return DayRow(
            uses=min(sum(by_minute.values()), LARGEST),
            people=max(self.people.values()),
            hours=pack_hours(hours),
            seconds=pack_day(self.uses),
            fewer=pack_people(self.people, by_minute),
        )


def merge(rows: Mapping[int, DayRow], closed: bytes, minutes: Iterable[Minute]) -> Merged:
    """Merge minutes into a channel's rows of a day. `closed`: which of its minutes were closed before."""
    bits = int.from_bytes(closed, "little")
    accepted = [each for each in minutes if each.is_closed or not bits >> each.number & 1]
    numbers = {each.number for each in accepted}
    days = {emote_id: _Day(row) for emote_id, row in rows.items()}
    for day in days.values():
        day.clear(numbers)
    for minute in accepted:
        bits |= minute.is_closed << minute.number
        for emote_id, found in MinuteRow(minute.packed):
            day = days.get(emote_id) or days.setdefault(emote_id, _Day(None))
            start = minute.number * 60
            day.uses.update((start + second, uses) for second, uses in found.seconds)
            day.people[minute.number] = found.people
    changed = {emote_id: day.row() for emote_id, day in days.items() if day.uses}
    return Merged(
        rows={emote_id: row for emote_id, row in changed.items() if rows.get(emote_id) != row},
        emptied=[emote_id for emote_id, day in days.items() if not day.uses],
        closed=bits.to_bytes(len(NOTHING_CLOSED), "little"),
    )
