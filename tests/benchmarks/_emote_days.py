"""Days of emotes as a channel with 4.64 messages per second has them, and a database full of them.

Measured on such a channel: 259,482 uses a day in 180,056 (emote, second), 106,048 (emote, minute) and 26,450 (emote,
hour); nine in ten seconds have one use. 2,000 emotes of these weights, drawn for each message, have about the same.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

import psycopg

from emote_counts.minute_row import MinuteUses, pack_minute
from emote_counts.roll_up import NOTHING_CLOSED, Minute, merge
from emote_counts.slots import PackedDay, SlotRow, pack_slots
from emote_counts.sums import DaySums, pack_sums

EMOTES = 2_000  # a day
WEIGHTS = list(accumulate(1 / (rank + 3) ** 1.2 for rank in range(EMOTES)))
CELLS = 180_056  # messages with an emote, a day: nearly each in a second of its own
REPEATED, TIMES = 0.1, (2, 3, 4, 5, 6, 8, 10)  # how many of them repeat it, and how often
CHATTERS = 200  # who write at a time
DAY_MINUTES = 1_440


@dataclass(frozen=True)
class Template:
    """A made day: its emotes by rank, and its minutes, packed with ids from `first_id` on."""

    days: dict[int, PackedDay]
    sums: dict[int, tuple[int, int]]
    minutes: list[bytes]


def minutes_of(dice: random.Random) -> Iterator[dict[int, MinuteUses]]:
    """Make a day's minutes, by rank of the emote."""
    each = CELLS / DAY_MINUTES
    for _ in range(DAY_MINUTES):
        uses: dict[int, dict[int, int]] = {}
        people: dict[int, set[int]] = {}
        for rank in dice.choices(range(EMOTES), cum_weights=WEIGHTS, k=round(dice.gauss(each, each / 5))):
            second = dice.randrange(60)
            number = dice.choice(TIMES) if dice.random() < REPEATED else 1
            own = uses.setdefault(rank, {})
            own[second] = own.get(second, 0) + number
            people.setdefault(rank, set()).add(dice.randrange(CHATTERS))
        yield {rank: MinuteUses(tuple(sorted(own.items())), len(people[rank])) for rank, own in uses.items()}


def template(seed: int) -> Template:
    """Make a day; its emotes' ids are those of `first_id`."""
    dice = random.Random(seed)
    made = list(minutes_of(dice))
    merged = merge({}, NOTHING_CLOSED, [Minute(at, True, pack_minute(found)) for at, found in enumerate(made)])
    days = {rank: day for row in merged.slots.values() if row for rank, day in SlotRow(row)}
    sums = DaySums(merged.sums)
    first = first_id(seed)
    return Template(
        days,
        {rank: (uses, sums.people(rank)) for rank, uses in sums.uses()},
        [pack_minute({first + rank: found for rank, found in each.items()}) for each in made],
    )


def first_id(number: int) -> int:
    """Return the id of a template's, or its channels', most used emote."""
    return 1 + number * EMOTES


def fill(dsn: str, templates: list[Template], channels: int, days: int, now: datetime) -> None:
    """Store the days before today, and the minutes of today."""
    today = now.date()
    with psycopg.connect(dsn, autocommit=True) as connection:
        _fill_names(connection, len(templates), today)
        for age in range(days, -1, -1):
            connection.execute("SELECT make_emote_partitions(%s)", (today - timedelta(days=age),))
        for age in range(days, 0, -1):
            _fill_day(connection, templates, channels, today - timedelta(days=age))
        _fill_today(connection, templates, channels, now)
        connection.execute("VACUUM (ANALYZE) emote_days, emote_minutes, emote_rollups, emotes, coverage, streams")


def _fill_names(connection: psycopg.Connection, templates: int, today: date) -> None:
    sql = "COPY emotes (emote_id, provider, provider_id, name, used_on) FROM STDIN"
    with connection.cursor().copy(sql) as copy:
        for emote_id in range(1, templates * EMOTES + 1):
            copy.write_row((emote_id, "7tv", f"01GB4CWAD0000{emote_id:013}", f"emote{emote_id}", today))


def _fill_day(connection: psycopg.Connection, templates: list[Template], channels: int, day: date) -> None:
    """Store a day; channels that share their emotes and the day's template share the packed rows."""
    made: dict[tuple[int, int], tuple[dict[int, bytes], bytes]] = {}
    sql = "COPY emote_days (channel_id, day, slot, packed) FROM STDIN (FORMAT binary)"
    with connection.cursor().copy(sql) as copy:
        copy.set_types(["text", "date", "int4", "bytea"])
        for channel in range(channels):
            key = own, other = channel % len(templates), (channel + day.toordinal()) % len(templates)
            if key not in made:
                first, found = first_id(own), templates[other]
                made[key] = (
                    pack_slots({first + rank: packed for rank, packed in found.days.items()}),
                    pack_sums({first + rank: sums for rank, sums in found.sums.items()}),
                )
            for slot, packed in sorted(made[key][0].items()):
                copy.write_row((channel_id(channel), day, slot, packed))
    keys = [(channel % len(templates), (channel + day.toordinal()) % len(templates)) for channel in range(channels)]
    connection.cursor().executemany(
        "INSERT INTO emote_rollups (day, channel_id, closed, sums) VALUES (%s, %s, %s, %s)",
        [(day, channel_id(channel), NOTHING_CLOSED, made[key][1]) for channel, key in enumerate(keys)],
    )


def _fill_today(connection: psycopg.Connection, templates: list[Template], channels: int, now: datetime) -> None:
    midnight = datetime.combine(now.date(), datetime.min.time(), UTC)
    sql = "COPY emote_minutes (channel_id, minute_at, is_closed, uses, packed) FROM STDIN (FORMAT binary)"
    with connection.cursor().copy(sql) as copy:
        copy.set_types(["text", "timestamptz", "bool", "int4", "bytea"])
        for at in range((now - midnight) // timedelta(minutes=1)):
            for channel in range(channels):
                packed = templates[channel % len(templates)].minutes[at]
                copy.write_row((channel_id(channel), midnight + timedelta(minutes=at), True, 1, packed))
    for channel in range(channels):
        begun = now - timedelta(days=60)
        connection.execute("INSERT INTO coverage VALUES (%s, 'joined', %s, NULL, '')", (channel_id(channel), begun))
        connection.execute(
            "INSERT INTO streams (stream_id, channel_id, started_at, updated_at) VALUES (%s, %s, %s, now())",
            (f"s{channel}", channel_id(channel), begun),
        )


def channel_id(channel: int) -> str:
    """Return an id as long as Twitch's."""
    return str(100_000_000 + channel)
