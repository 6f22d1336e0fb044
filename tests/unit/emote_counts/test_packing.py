"""Packed uses unpack to the same, in both forms of a day, and bad bytes are refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emote_counts.day_row import (
    DAY_SECONDS,
    DENSE,
    DayUses,
    fewer_people,
    pack_day,
    pack_people,
    people_by_minute,
)
from emote_counts.minute_row import MinuteRow, MinuteUses, pack_minute
from emote_counts.packing import MOST_USES, pack_hours, pack_seconds, unpack_hours, unpack_seconds
from emote_counts.slots import ALONE_BYTES, SLOTS, PackedDay, SlotRow, pack_slots, slots_of
from emote_counts.sums import DaySums, pack_sums
from emote_counts.varint import PackingError, packed, unpacked

USES = st.one_of(st.integers(1, 3), st.integers(1, MOST_USES))
MINUTE = st.dictionaries(st.integers(0, 59), USES, min_size=1, max_size=60).map(lambda uses: sorted(uses.items()))
SPARSE_DAY = st.dictionaries(st.integers(0, DAY_SECONDS - 1), USES, max_size=40)


@st.composite
def dense_days(draw: st.DrawFn) -> dict[int, int]:
    """A day with many used seconds: every so many seconds, and some with other uses."""
    step, first = draw(st.integers(1, 150)), draw(st.integers(0, DAY_SECONDS - 150 * DENSE - 1))
    days = dict.fromkeys(range(first, first + step * draw(st.integers(DENSE, 2 * DENSE)), step), 1)
    return {second: uses for second, uses in (days | draw(SPARSE_DAY)).items() if second < DAY_SECONDS}


DAYS = st.one_of(SPARSE_DAY, dense_days())


@given(st.lists(st.integers(0, 2**34)))
def test_numbers_unpack_to_the_same(numbers: list[int]) -> None:
    assert unpacked(packed(numbers)) == numbers


@pytest.mark.parametrize("data", [b"\x80", b"\x01\xff", b"\xff\xff\xff\xff\xff\xff\x01"])
def test_a_number_that_is_cut_off_or_too_long_is_refused(data: bytes) -> None:
    with pytest.raises(PackingError):
        unpacked(data)


@given(MINUTE)
def test_a_minutes_seconds_unpack_to_the_same(uses: list[tuple[int, int]]) -> None:
    assert unpack_seconds(pack_seconds(uses)) == uses


def test_a_second_with_one_use_takes_a_byte() -> None:
    assert pack_seconds([(0, 1), (59, 1)]) == b"\x00\x3b"
    assert pack_seconds([(5, 4)]) == b"\x45\x02"


@given(st.binary(max_size=20))
def test_seconds_of_any_bytes_are_ascending_or_refused(data: bytes) -> None:
    try:
        found = unpack_seconds(data)
    except PackingError:
        return
    seconds = [second for second, _ in found]
    assert seconds == sorted(set(seconds))
    assert all(0 <= second < 60 for second in seconds)
    assert all(1 <= uses <= MOST_USES for _, uses in found)


@given(st.dictionaries(st.integers(0, 23), st.tuples(st.integers(1, 2**30), st.integers(1, 2**30))))
def test_hours_unpack_to_the_same(hours: dict[int, tuple[int, int]]) -> None:
    assert unpack_hours(pack_hours(hours)) == hours


@st.composite
def minute_uses(draw: st.DrawFn) -> MinuteUses:
    seconds = tuple(draw(MINUTE))
    return MinuteUses(seconds, draw(st.integers(1, sum(uses for _, uses in seconds))))


@given(st.dictionaries(st.integers(0, 2**32 - 1), minute_uses(), max_size=20), st.integers(0, 2**32 - 1))
def test_a_minutes_row_unpacks_to_the_same_and_finds_each_emote(emotes: dict[int, MinuteUses], other: int) -> None:
    row = MinuteRow(pack_minute(emotes))
    assert dict(row) == emotes
    assert list(row.ids) == sorted(emotes)
    assert dict(row.uses()) == {emote_id: found.uses for emote_id, found in emotes.items()}
    for emote_id in [*emotes, other]:
        assert row.find(emote_id) == emotes.get(emote_id)
        assert row.people(emote_id) == (emotes[emote_id].people if emote_id in emotes else 0)


def test_the_largest_piece_of_a_minute_fits_its_directory() -> None:
    wall = MinuteUses(tuple((second, MOST_USES) for second in range(60)), 60 * MOST_USES)
    assert dict(MinuteRow(pack_minute({7: wall}))) == {7: wall}


@given(DAYS)
def test_a_day_unpacks_to_the_same(uses: dict[int, int]) -> None:
    assert dict(DayUses(pack_day(uses)).cells()) == uses


@given(DAYS, st.lists(st.integers(0, DAY_SECONDS)))
def test_sums_between_any_seconds_are_those_of_a_plain_count(uses: dict[int, int], bounds: list[int]) -> None:
    bounds = sorted([0, *bounds, DAY_SECONDS])
    naive = [
        sum(number for second, number in uses.items() if begin <= second < until)
        for begin, until in itertools.pairwise(bounds)
    ]
    assert DayUses(pack_day(uses)).sums(bounds) == naive


def test_a_day_with_a_use_in_each_second_takes_a_byte_for_each() -> None:
    assert len(pack_day(dict.fromkeys(range(DAY_SECONDS), 1))) == 1 + 360 + DAY_SECONDS


@given(DAYS, st.data())
def test_people_of_a_day_unpack_to_the_same(uses: dict[int, int], data: st.DataObject) -> None:
    by_minute: dict[int, int] = {}
    for second, number in uses.items():
        by_minute[second // 60] = by_minute.get(second // 60, 0) + number
    some = data.draw(st.sets(st.sampled_from(sorted(by_minute)), max_size=5)) if by_minute else set()
    people = by_minute | {minute: data.draw(st.integers(1, by_minute[minute])) for minute in some}
    day, row = DayUses(pack_day(uses)), pack_people(people, by_minute)
    assert people_by_minute(day, row) == people
    assert people_by_minute(day, row, 600, 660) == {each: people[each] for each in people if 600 <= each < 660}


def test_people_cost_nothing_where_everyone_used_it_once() -> None:
    assert pack_people({3: 2, 9: 5}, {3: 2, 9: 5}) == b""
    assert fewer_people(pack_people({3: 1, 9: 5}, {3: 2, 9: 5})) == {3: 1}


@pytest.mark.parametrize("data", [b"", b"\x02", b"\x00\x80"])
def test_bytes_that_are_no_day_are_refused(data: bytes) -> None:
    with pytest.raises(PackingError):
        DayUses(data)


BLOBS = st.binary(max_size=300)
PACKED = st.builds(PackedDay, BLOBS, st.one_of(BLOBS, st.just(bytes(ALONE_BYTES))), BLOBS)


@given(st.dictionaries(st.integers(1, 2**31 - 1), PACKED, max_size=20), st.integers(1, 2**31 - 1))
def test_a_days_rows_unpack_to_the_same_and_find_each_emote(days: dict[int, PackedDay], other: int) -> None:
    rows = {slot: SlotRow(row) for slot, row in pack_slots(days).items()}
    assert {emote_id: day for row in rows.values() for emote_id, day in row} == days
    for emote_id in [*days, other]:
        asked = [rows[slot].find(emote_id) for slot in slots_of([emote_id]) if slot in rows]
        assert [day for day in asked if day is not None] == ([days[emote_id]] if emote_id in days else [])


def test_an_emote_that_was_used_often_has_a_row_of_its_own() -> None:
    days = {emote_id: PackedDay(b"", bytes(emote_id), b"") for emote_id in (1, 65, ALONE_BYTES)}
    assert {slot: len(list(SlotRow(row))) for slot, row in pack_slots(days).items()} == {1: 2, SLOTS + ALONE_BYTES: 1}


COUNTS = st.one_of(st.integers(1, 300), st.integers(60_000, 70_000), st.just(2**31))


@given(st.dictionaries(st.integers(1, 2**31), st.tuples(COUNTS, COUNTS), max_size=20))
def test_sums_unpack_to_the_same(sums: dict[int, tuple[int, int]]) -> None:
    found = DaySums(pack_sums(sums))
    assert dict(found.uses()) == {emote_id: uses for emote_id, (uses, _) in sums.items()}
    assert {emote_id: found.people(emote_id) for emote_id in sums} == {each: sums[each][1] for each in sums}
    assert found.people(0) == 0
