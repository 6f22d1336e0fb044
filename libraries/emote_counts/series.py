"""An emote's uses and people over a time, in steps of 1 s to 1 h, from packed rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from emote_counts.day_row import DAY_SECONDS, DayUses, fewer_people
from emote_counts.gaps import Span, seconds_in
from emote_counts.minute_row import MinuteUses
from emote_counts.packing import unpack_hours
from emote_counts.slots import PackedDay

STEPS = (1, 5, 30, 60, 300, 3600)  # seconds
MOST_POINTS = 1_500
MINUTE, HOUR = 60, 3600  # seconds
DAY_MS = DAY_SECONDS * 1000


class Period(NamedTuple):
    """What a series covers: whole steps from `from_at` until `until_at` (ms, without it)."""

    from_at: int
    until_at: int
    step_seconds: int

    @property
    def step_ms(self) -> int:
        """The step in milliseconds."""
        return self.step_seconds * 1000

    @property
    def points(self) -> int:
        """How many points it has."""
        return (self.until_at - self.from_at) // self.step_ms

    def days(self) -> range:
        """Return the days since 1970 that it touches."""
        return range(self.from_at // DAY_MS, -(-self.until_at // DAY_MS))


class Series(NamedTuple):
    """A point for each step of `period`. None: nobody read it, or it has no people of its own.

    `people` are distinct chatters of a minute; in a longer step, those of its busiest minute; in a shorter one, None.
    """

    period: Period
    uses: list[int | None]
    people: list[int | None]


def period_of(from_at: int, until_at: int, step_seconds: int) -> Period:
    """Return the whole steps that contain a time, in the shortest step from `step_seconds` on with few enough points.

    Raises ValueError for a time that is empty, or too long for the longest step.
    """
    if not 0 <= from_at < until_at:
        raise ValueError("the time is empty")
    for step in (each for each in STEPS if each >= min(step_seconds, STEPS[-1])):
        step_ms = step * 1000
        period = Period(from_at // step_ms * step_ms, -(-until_at // step_ms) * step_ms, step)
        if period.points <= MOST_POINTS:
            return period
    raise ValueError(f"longer than {MOST_POINTS} steps of an hour")


def series(
    period: Period,
    days: Mapping[int, Sequence[PackedDay]],
    minutes: Iterable[tuple[int, MinuteUses]],
    read: list[Span],
) -> Series:
    """Add up packed rows.

    `days`: rows by day since 1970, several where an emote has several names. `minutes`: those of other days, with their
    start in ms. `read`: when the channel was read and live. A point without uses is None where less than half was.
    """
    uses, people = [0] * period.points, [0] * period.points
    for day, rows in days.items():
        for row in rows:
            _add_day(period, day * DAY_MS, row, uses, people)
    for minute_at, found in minutes:
        _add_minute(period, minute_at, found, uses, people)
    known = seconds_in(read, period.from_at, period.step_ms, period.points)
    is_gap = [not number and seconds * 2 < period.step_seconds for number, seconds in zip(uses, known, strict=True)]
    has_people = period.step_seconds >= MINUTE
    return Series(
        period,
        [None if gap else number for number, gap in zip(uses, is_gap, strict=True)],
        [None if gap or not has_people else number for number, gap in zip(people, is_gap, strict=True)],
    )


def _add_day(period: Period, day_at: int, row: PackedDay, uses: list[int], people: list[int]) -> None:
    begin = max(period.from_at - day_at, 0) // 1000
    end = min((period.until_at - day_at) // 1000, DAY_SECONDS)
    point = (day_at + begin * 1000 - period.from_at) // period.step_ms
    step = period.step_seconds
    if step == HOUR:
        for hour, (number, most) in unpack_hours(row.hours).items():
            if begin <= hour * HOUR < end:
                place = point + hour - begin // HOUR
                uses[place] += number
                people[place] = max(people[place], most)
    elif step < MINUTE:
        for place, number in enumerate(DayUses(row.seconds).sums(range(begin, end + 1, step)), point):
            uses[place] += number
    else:
        fewer = fewer_people(row.fewer)
        sums = DayUses(row.seconds).sums(range(begin, end + 1, MINUTE))
        each = step // MINUTE
        for number, found in enumerate(sums):
            if found:
                place = point + number // each
                uses[place] += found
                people[place] = max(people[place], found - fewer.get(begin // MINUTE + number, 0))


def _add_minute(period: Period, minute_at: int, found: MinuteUses, uses: list[int], people: list[int]) -> None:
    for second, number in found.seconds:
        at = minute_at + second * 1000
        if period.from_at <= at < period.until_at:
            uses[(at - period.from_at) // period.step_ms] += number
    if period.from_at <= minute_at < period.until_at and period.step_seconds >= MINUTE:
        place = (minute_at - period.from_at) // period.step_ms
        people[place] = max(people[place], found.people)
