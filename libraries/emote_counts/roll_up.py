"""Merges a channel's minutes into the rows of its day by replacing their cells.

Merging the same minutes twice, in parts, or in any order gives the same rows; an open minute replaces no closed one.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from emote_counts.day_row import DAY_MINUTES, DayUses, pack_day, pack_people, people_by_minute
from emote_counts.minute_row import MinuteRow
from emote_counts.packing import pack_hours
from emote_counts.slots import PackedDay, SlotRow, pack_slots
from emote_counts.sums import pack_sums

NOTHING_CLOSED = bytes(DAY_MINUTES // 8)


class Minute(NamedTuple):
    """A row of `emote_minutes`; `number`: its place in the day."""

    number: int
    is_closed: bool
    packed: bytes


class Merged(NamedTuple):
    """What to write: rows that changed, by slot, None for those that are empty now; sums; and closed minutes."""

    slots: dict[int, bytes | None]
    sums: bytes
    closed: bytes


class _Day:
    """An emote's day, unpacked."""

    def __init__(self, packed: PackedDay | None) -> None:
        day = DayUses(packed.seconds) if packed else None
        self.uses = dict(day.cells()) if day else {}
        self.people = people_by_minute(day, packed.fewer) if day and packed else {}

    @property
    def sums(self) -> tuple[int, int]:
        """All uses, and the people of the busiest minute."""
        return sum(self.uses.values()), max(self.people.values())

    def clear(self, minutes: set[int]) -> None:
        """Remove minutes."""
        if not minutes.isdisjoint(self.people):
            self.uses = {second: uses for second, uses in self.uses.items() if second // 60 not in minutes}
            self.people = {minute: people for minute, people in self.people.items() if minute not in minutes}

    def packed(self) -> PackedDay:
        """Pack it."""
        by_minute: dict[int, int] = {}
        for second, uses in self.uses.items():
            by_minute[second // 60] = by_minute.get(second // 60, 0) + uses
        hours: dict[int, tuple[int, int]] = {}
        for minute, uses in by_minute.items():
            known, most = hours.get(minute // 60, (0, 0))
            hours[minute // 60] = (known + uses, max(most, self.people[minute]))
        return PackedDay(pack_hours(hours), pack_day(self.uses), pack_people(self.people, by_minute))


def merge(slots: Mapping[int, bytes], closed: bytes, minutes: Iterable[Minute]) -> Merged:
    """Merge minutes into a channel's rows of a day. `closed`: a bit for each of its minutes that was closed before."""
    bits = int.from_bytes(closed, "little")
    accepted = [each for each in minutes if each.is_closed or not bits >> each.number & 1]
    numbers = {each.number for each in accepted}
    days = {emote_id: _Day(packed) for row in slots.values() for emote_id, packed in SlotRow(row)}
    for day in days.values():
        day.clear(numbers)
    for minute in accepted:
        bits |= minute.is_closed << minute.number
        for emote_id, found in MinuteRow(minute.packed):
            day = days.get(emote_id) or days.setdefault(emote_id, _Day(None))
            start = minute.number * 60
            day.uses.update((start + second, uses) for second, uses in found.seconds)
            day.people[minute.number] = found.people
    used = {emote_id: day for emote_id, day in days.items() if day.uses}
    rows: dict[int, bytes | None] = dict.fromkeys(slots)
    rows |= pack_slots({emote_id: day.packed() for emote_id, day in used.items()})
    return Merged(
        slots={slot: row for slot, row in rows.items() if slots.get(slot) != row},
        sums=pack_sums({emote_id: day.sums for emote_id, day in used.items()}),
        closed=bits.to_bytes(len(NOTHING_CLOSED), "little"),
    )
