"""Minutes merge into the same rows of a day in any order, in parts and twice, as a plain count says."""

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from emote_counts.day_row import DayUses, people_by_minute
from emote_counts.minute_row import MinuteRow, MinuteUses, pack_minute
from emote_counts.packing import unpack_hours
from emote_counts.roll_up import NOTHING_CLOSED, Minute, merge
from emote_counts.slots import PackedDay, SlotRow
from emote_counts.sums import DaySums, pack_sums

SECONDS = st.dictionaries(st.integers(0, 59), st.integers(1, 5), min_size=1, max_size=4)
USES = SECONDS.map(lambda uses: MinuteUses(tuple(sorted(uses.items())), max(1, sum(uses.values()) - 1)))
EMOTES = st.dictionaries(st.integers(1, 4), USES, min_size=1, max_size=3)
DAY = st.dictionaries(st.integers(0, 1439), EMOTES, max_size=8)
Known = tuple[dict[int, bytes], bytes, bytes]  # slots, closed minutes, sums


def closed(day: dict[int, dict[int, MinuteUses]]) -> list[Minute]:
    return [Minute(number, True, pack_minute(emotes)) for number, emotes in day.items()]


def merged(known: Known, minutes: Sequence[Minute]) -> Known:
    """Return what is stored after a merge."""
    found = merge(*known[:2], minutes)
    slots = known[0] | found.slots
    return {slot: row for slot, row in slots.items() if row is not None}, found.closed, found.sums


def days_in(known: Known) -> dict[int, PackedDay]:
    """Return what is stored by emote."""
    return {emote_id: day for row in known[0].values() for emote_id, day in SlotRow(row)}


NOTHING: Known = ({}, NOTHING_CLOSED, pack_sums({}))


@given(DAY, st.randoms(use_true_random=False))
def test_any_order_parts_and_repeats_give_the_same_rows(
    day: dict[int, dict[int, MinuteUses]], dice: random.Random
) -> None:
    minutes = closed(day)
    whole = merged(NOTHING, minutes)
    shuffled = [*minutes, *dice.sample(minutes, len(minutes) // 2)]
    dice.shuffle(shuffled)
    known = NOTHING
    while shuffled:
        size = dice.randint(1, 3)
        part, shuffled = shuffled[:size], shuffled[size:]
        known = merged(known, part)
    assert known == whole
    assert merge(*whole[:2], minutes).slots == {}


@given(DAY)
def test_the_rows_are_what_a_plain_count_finds(day: dict[int, dict[int, MinuteUses]]) -> None:
    known = merged(NOTHING, closed(day))
    rows, bits, sums = days_in(known), known[1], DaySums(known[2])
    assert {number for number in range(1440) if bits[number // 8] >> number % 8 & 1} == set(day)
    assert set(rows) == {emote_id for emotes in day.values() for emote_id in emotes}
    for emote_id, row in rows.items():
        own = {number: emotes[emote_id] for number, emotes in day.items() if emote_id in emotes}
        cells = {number * 60 + second: uses for number, found in own.items() for second, uses in found.seconds}
        assert dict(DayUses(row.seconds).cells()) == cells
        people = {number: found.people for number, found in own.items()}
        assert people_by_minute(DayUses(row.seconds), row.fewer) == people
        assert dict(sums.uses())[emote_id] == sum(cells.values())
        assert sums.people(emote_id) == max(people.values())
        assert unpack_hours(row.hours) == {
            hour: (
                sum(uses for second, uses in cells.items() if second // 3600 == hour),
                max(found for number, found in people.items() if number // 60 == hour),
            )
            for hour in {number // 60 for number in own}
        }


@given(DAY, DAY)
def test_a_closed_minute_replaces_an_open_one_whichever_comes_first(
    before: dict[int, dict[int, MinuteUses]], after: dict[int, dict[int, MinuteUses]]
) -> None:
    still_open = [each._replace(is_closed=False) for each in closed(before)]
    expected = merged(NOTHING, closed(after) + [each for each in still_open if each.number not in after])
    assert merged(merged(NOTHING, still_open), closed(after)) == expected
    assert merged(merged(NOTHING, closed(after)), still_open) == expected


def test_an_emote_that_a_replaced_minute_had_alone_has_no_row() -> None:
    one, other = MinuteUses(((1, 1),), 1), MinuteUses(((2, 1),), 1)
    known = merged(NOTHING, [Minute(7, False, pack_minute({1: one, 2: one}))])
    known = merged(known, [Minute(7, True, pack_minute({2: other}))])
    rows = days_in(known)
    assert list(DaySums(known[2]).ids) == list(rows) == [2]
    assert dict(DayUses(rows[2].seconds).cells()) == {422: 1}
    assert dict(MinuteRow(pack_minute({2: other}))) == {2: other}
