"""A top that reads only what can be among the first is what a plain count finds."""

import random
from collections import Counter
from functools import cache

import pytest

from emote_counts.day_row import DAY_SECONDS, pack_day, pack_people
from emote_counts.minute_row import MANY, MinuteUses, pack_minute
from emote_counts.packing import pack_hours
from emote_counts.slots import PackedDay
from emote_counts.sums import DaySums, pack_sums
from emote_counts.tops import HOUR, Ranking, parts

EMOTES = 800
Day = dict[int, dict[int, int]]  # by emote, uses by second


@cache
def day(seed: int) -> Day:
    """A day with a heavy tail; each use is by somebody else."""
    dice, found = random.Random(seed), Day()
    ranks = dice.choices(range(EMOTES), [1 / (rank + 3) ** 1.2 for rank in range(EMOTES)], k=30_000)
    for rank in ranks:
        uses = found.setdefault(rank + 1, {})
        second = dice.randrange(DAY_SECONDS)
        uses[second] = uses.get(second, 0) + dice.choice((1, 1, 1, 1, 5))
    return found


@cache
def packed(seed: int) -> tuple[dict[int, PackedDay], bytes]:
    """What Postgres has of it."""
    days, sums = {}, {}
    for emote_id, uses in day(seed).items():
        minutes, hours = Counter[int](), Counter[int]()
        for second, number in uses.items():
            minutes[second // 60] += number
            hours[second // HOUR] += number
        most = {hour: max(minutes[each] for each in range(hour * 60, hour * 60 + 60)) for hour in hours}
        of_hours = {hour: (number, most[hour]) for hour, number in hours.items()}
        days[emote_id] = PackedDay(pack_hours(of_hours), pack_day(uses), pack_people(minutes, minutes))
        sums[emote_id] = (hours.total(), max(minutes.values()))
    return days, pack_sums(sums)


def naive(begin: int, until: int) -> Counter[int]:
    """Count plainly."""
    found = Counter[int]()
    for number in range(begin // DAY_SECONDS, -(-until // DAY_SECONDS)):
        for emote_id, uses in day(number).items():
            at = number * DAY_SECONDS
            found[emote_id] += sum(each for second, each in uses.items() if begin <= at + second < until)
    return +found


@pytest.mark.parametrize(
    ("begin", "until"),
    [
        (40_000, 43_600),
        (36_000, 39_600),
        (40_000, 40_003),
        (0, 1),
        (41_234, 41_234 + DAY_SECONDS),
        (DAY_SECONDS - 1, DAY_SECONDS + 1),
        (50_000, 2 * DAY_SECONDS + 30_000),
    ],
)
@pytest.mark.parametrize("most", [1, 20, 1_000])
def test_a_top_of_parts_of_days_is_exact(begin: int, until: int, most: int) -> None:
    ranking = Ranking()
    whole, ends = parts(begin, until)
    for number in whole:
        ranking.add_day(DaySums(packed(number)[1]))
    for end in ends:
        ranking.add_end(end, DaySums(packed(end.day)[1]))
    read, days = list[int](), {end: packed(end.day)[0] for end in ends}
    while unread := ranking.settle(days, most, 16):
        read += unread
        for end in ends:
            ranking.count_hours(end, unread, days[end])
    found, expected = ranking.first(most), naive(begin, until)
    assert [uses for _, uses, _ in found] == sorted(expected.values(), reverse=True)[:most]
    assert all(expected[emote_id] == uses for emote_id, uses, _ in found)
    assert len(read) == len(set(read))
    if until - begin >= HOUR and most <= 20:
        assert len(read) < EMOTES / 2, "most emotes cannot be among the first, and are not read"


def test_minutes_are_added_whatever_their_columns_hold() -> None:
    numbers = {1: (1, 1), 2: (3, 2), 3: (MANY, 7), 4: (900, 300), 5: (MANY, MANY)}
    minute = pack_minute({each: MinuteUses(((0, uses),), people) for each, (uses, people) in numbers.items()})
    fewer = pack_minute({4: MinuteUses(((59, 400),), 299), 5: MinuteUses(((0, 260),), 256)})
    ranking = Ranking()
    ranking.add_minutes([(60, minute), (120, fewer)], 60, 180)
    assert ranking.first(9) == [
        (4, 1_300, 300),
        (5, MANY + 260, 256),
        (3, MANY, 7),
        (2, 3, 2),
        (1, 1, 1),
    ]
