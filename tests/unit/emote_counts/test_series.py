"""A series is what a plain count finds in each step; nothing that nobody read is 0."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emote_counts.day_row import pack_day, pack_people
from emote_counts.gaps import CoverageEvent, both, read_spans
from emote_counts.minute_row import MinuteUses
from emote_counts.packing import pack_hours
from emote_counts.series import DAY_MS, MOST_POINTS, STEPS, Period, period_of, series
from emote_counts.slots import PackedDay

DAY = 20_000  # since 1970
START = DAY * DAY_MS
ALL_READ = [(0, 2**62)]


def row_of(cells: dict[int, int], people: dict[int, int]) -> PackedDay:
    """Pack a day's cells, by second, and people, by minute."""
    by_minute, by_hour = Counter[int](), Counter[int]()
    most: dict[int, int] = {}
    for second, uses in cells.items():
        by_minute[second // 60] += uses
        by_hour[second // 3600] += uses
    for minute, found in people.items():
        most[minute // 60] = max(most.get(minute // 60, 0), found)
    hours = {hour: (by_hour[hour], most[hour]) for hour in by_hour}
    return PackedDay(pack_hours(hours), pack_day(cells), pack_people(people, by_minute))


CELLS = st.dictionaries(st.integers(0, 86_399), st.integers(1, 4), max_size=30)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """Any step within or around two days."""
    step = draw(st.sampled_from(STEPS))
    points = draw(st.integers(1, 60))
    first = draw(st.integers(-30, 2 * 86_400 // step + 30))
    begin = START + first * step * 1000
    return Period(begin, begin + points * step * 1000, step)


@given(periods(), CELLS, CELLS)
def test_steps_are_what_a_plain_count_finds(period: Period, cells: dict[int, int], later: dict[int, int]) -> None:
    """The first day has a row, the second has minutes."""
    both_days = cells | {86_400 + second: uses for second, uses in later.items()}
    by_minute = Counter[int]()
    for second, uses in both_days.items():
        by_minute[second // 60] += uses
    people = {minute: max(1, uses - 1) for minute, uses in by_minute.items()}
    row = row_of(cells, {minute: found for minute, found in people.items() if minute < 1440})
    minutes = [
        (
            START + minute * 60_000,
            MinuteUses(tuple((s % 60, both_days[s]) for s in sorted(both_days) if s // 60 == minute), found),
        )
        for minute, found in people.items()
        if minute >= 1440
    ]
    found = series(period, {DAY: [row]}, minutes, ALL_READ)
    width = period.step_seconds
    for point in range(period.points):
        begin = (period.from_at - START) // 1000 + point * width
        assert found.uses[point] == sum(both_days.get(second, 0) for second in range(begin, begin + width))
        if width < 60:
            assert found.people[point] is None
        else:
            inside = range(begin // 60, (begin + width) // 60)
            assert found.people[point] == max((people.get(minute, 0) for minute in inside), default=0)


def test_two_names_of_an_emote_are_added_up() -> None:
    rows = [row_of({0: 2}, {0: 1}), row_of({0: 1, 30: 1}, {0: 2})]
    found = series(Period(START, START + 60_000, 60), {DAY: rows}, [], ALL_READ)
    assert (found.uses, found.people) == ([4], [2])


@pytest.mark.parametrize(
    ("seconds", "asked", "served"),
    [(1500, 1, 1), (1501, 1, 5), (3600, 1, 5), (86_400, 1, 60), (86_400, 300, 300), (5 * 86_400, 1, 300),
     (30 * 86_400, 1, 3600), (10, 99_999, 3600), (86_400, 7, 60)],
)  # fmt: skip
def test_the_step_that_serves_has_few_enough_points(seconds: int, asked: int, served: int) -> None:
    period = period_of(START, START + seconds * 1000, asked)
    assert period.step_seconds == served
    assert period.points <= MOST_POINTS


@given(st.integers(0, START), st.integers(1, 30 * DAY_MS), st.sampled_from(STEPS))
def test_whole_steps_contain_what_was_asked_for(from_at: int, length: int, step: int) -> None:
    period = period_of(from_at, from_at + length, step)
    assert period.from_at <= from_at < from_at + length <= period.until_at
    assert period.from_at % period.step_ms == period.until_at % period.step_ms == 0
    assert 1 <= period.points <= MOST_POINTS
    assert from_at - period.from_at < period.step_ms > period.until_at - from_at - length


@pytest.mark.parametrize(("from_at", "until_at"), [(5, 5), (6, 5), (-1, 5), (0, 70 * DAY_MS)])
def test_an_empty_or_endless_time_is_refused(from_at: int, until_at: int) -> None:
    with pytest.raises(ValueError):
        period_of(from_at, until_at, 1)


def test_what_nobody_read_is_none_and_what_was_counted_there_is_shown() -> None:
    period = Period(START, START + 5 * 60_000, 60)
    read = [(START, START + 60_000), (START + 150_000, START + 185_000)]
    found = series(period, {}, [(START + 240_000, MinuteUses(((3, 1),), 1))], read)
    assert found.people == found.uses
    assert found.uses[2] == 0  # half of it
    assert found.uses == [0, None, 0, None, 1]


def event(name: str, from_at: int, until_at: int | None = None) -> CoverageEvent:
    return CoverageEvent(name, from_at, until_at)


@pytest.mark.parametrize(
    ("events", "spans"),
    [
        ([], []),
        ([event("joined", 5)], [(10, 100)]),
        ([event("joined", 5), event("left", 20), event("joined", 30)], [(10, 20), (30, 100)]),
        ([event("left", 20)], []),
        ([event("joined", 5), event("joined", 40)], [(10, 100)]),
        ([event("joined", 5), event("gap", 40, 50), event("gap", 45, 60)], [(10, 40), (60, 100)]),
        ([event("joined", 5), event("gap", 0, 200)], []),
        ([event("gap", 40, None), event("joined", 5)], [(10, 100)]),
    ],
)
def test_only_what_was_joined_and_has_no_gap_was_read(
    events: list[CoverageEvent], spans: list[tuple[int, int]]
) -> None:
    assert read_spans(events, 10, 100) == spans


def test_offline_times_are_left_out() -> None:
    assert both([(0, 50), (60, 90)], [(70, 95), (10, 20), (40, 65)]) == [(10, 20), (40, 50), (60, 65), (70, 90)]
