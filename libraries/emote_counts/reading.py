"""Answers questions about emotes from Postgres: a series, and the top of a time. For the site, recaps and bots.

`ask` runs a statement: the site's `Database.rows`, or `asking(connection)`. Times are milliseconds since 1970 UTC.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import aiosql
import psycopg
from psycopg.rows import dict_row

from emote_counts.gaps import CoverageEvent, Span, both, read_spans
from emote_counts.minute_row import MinuteRow, MinuteUses
from emote_counts.series import Period, Series, series
from emote_counts.slots import PackedDay, SlotRow, slots_of
from emote_counts.sums import DaySums
from emote_counts.tops import End, Ranking, parts
from emote_counts.uses import EmoteKey

Row = Mapping[str, Any]
Ask = Callable[[str, Mapping[str, Any]], Awaitable[Sequence[Row]]]
queries = aiosql.from_path(Path(__file__).parent / "sql", "apsycopg")
EPOCH = date(1970, 1, 1)
FIRST_READ = 64  # emotes of a day that is cut, and twice as many each time that they are not enough


class TopEmote(NamedTuple):
    """An emote under one name: its uses, and the distinct chatters of its busiest minute."""

    provider: str
    provider_id: str
    name: str
    uses: int
    people: int


def asking(connection: psycopg.AsyncConnection[Any]) -> Ask:
    """Return what runs statements on a connection."""

    async def ask(sql: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        async with connection.cursor(row_factory=dict_row, binary=True) as cursor:
            return await (await cursor.execute(sql, parameters)).fetchall()

    return ask


async def ids_of(ask: Ask, provider: str, provider_id: str) -> list[int]:
    """Return our ids of an emote, one for each name that it was used under; none if nobody ever used it."""
    rows = await ask(queries.ids_of_emote.sql, {"provider": provider, "provider_id": provider_id})
    return [row["emote_id"] for row in rows]


async def emote_series(
    ask: Ask,
    channel_id: str,
    emote_ids: Collection[int],
    period: Period,
    counted_until: int | None = None,
) -> Series:
    """Return the uses of an emote, all of its names together.

    `period`: from `period_of`. What lies after `counted_until` is not known yet; None: everything is.
    """
    return (await several_series(ask, channel_id, [emote_ids], period, counted_until))[0]


async def several_series(
    ask: Ask,
    channel_id: str,
    emotes: Sequence[Collection[int]],
    period: Period,
    counted_until: int | None = None,
) -> list[Series]:
    """Return the uses of several emotes, each by all of our ids of it; the rows are read once for all of them."""
    read = await read_times(ask, channel_id, period, counted_until)
    wanted = {emote_id for ids in emotes for emote_id in ids}
    if not wanted:
        return [series(period, {}, [], read) for _ in emotes]
    minutes: dict[int, list[tuple[int, MinuteUses]]] = {emote_id: [] for emote_id in wanted}
    rows = await minute_rows(ask, channel_id, period.from_at, period.until_at)
    for row in rows:
        each, at = MinuteRow(row["packed"]), milliseconds(row["minute_at"])
        for emote_id in wanted:
            if found := each.find(emote_id):
                minutes[emote_id].append((at, found))
    days = await packed_days(ask, channel_id, wanted, period.days(), days_of(rows))
    return [
        series(
            period,
            {day: [found[each] for each in ids if each in found] for day, found in days.items()},
            [cell for each in ids for cell in minutes[each]],
            read,
        )
        for ids in emotes
    ]


async def packed_days(
    ask: Ask, channel_id: str, emote_ids: Collection[int], days: range, unrolled: Collection[date]
) -> dict[int, dict[int, PackedDay]]:
    """Return what is packed of these emotes by day since 1970 and emote; not of days whose minutes were just read."""
    where = {"channel_id": channel_id, "from_day": date_of(days.start), "until_day": date_of(days.stop)}
    found: dict[int, dict[int, PackedDay]] = {}
    for row in await ask(queries.slots_between.sql, where | {"slots": slots_of(emote_ids)}):
        if row["day"] not in unrolled:
            own = found.setdefault((row["day"] - EPOCH).days, {})
            slot = SlotRow(row["packed"])
            own.update((emote_id, day) for emote_id in emote_ids if (day := slot.find(emote_id)) is not None)
    return found


async def minute_rows(ask: Ask, channel_id: str, from_at: int, until_at: int) -> Sequence[Row]:
    """Return the minutes of days that were not rolled up, whole ones that contain this time."""
    where = {"channel_id": channel_id, "from_at": moment(from_at // 60_000 * 60_000), "until_at": moment(until_at)}
    return await ask(queries.minutes_between.sql, where)


def days_of(rows: Iterable[Row]) -> set[date]:
    """Return the days of minutes: a roll-up that comes now must not make them count twice."""
    return {row["minute_at"].astimezone(UTC).date() for row in rows}


async def read_times(ask: Ask, channel_id: str, period: Period, counted_until: int | None) -> list[Span]:
    """Return when the channel was read, counted and, as far as its streams are known, live."""
    until_at = period.until_at if counted_until is None else min(period.until_at, counted_until)
    where = {"channel_id": channel_id, "from_at": moment(period.from_at), "until_at": moment(period.until_at)}
    events = [
        CoverageEvent(row["event"], milliseconds(row["from_at"]), row["until_at"] and milliseconds(row["until_at"]))
        for row in await ask(queries.coverage_between.sql, where)
    ]
    read = read_spans(events, period.from_at, until_at)
    streams = await ask(queries.streams_between.sql, where)
    if not streams:
        return read
    live = [
        (milliseconds(row["started_at"]), milliseconds(row["ended_at"]) if row["ended_at"] else until_at)
        for row in streams
    ]
    return both(read, live)


async def top_emotes(
    ask: Ask,
    channel_id: str,
    from_at: int,
    until_at: int,
    *,
    most: int = 20,
    providers: Collection[str] | None = None,
    name_part: str = "",
) -> list[TopEmote]:
    """Return the most used emotes of a channel between two times, to the second: for the site, recaps and bots.

    `providers`: of these alone. `name_part`: only those whose name contains it, in capitals or not. Emotes of equal
    uses stand in the order in which they were first seen; an emote that was renamed stands under each of its names.
    Nothing is answered of a channel that has opted out. Cheap: whole days and minutes have sums, and of the rest only
    the emotes are counted that can be among the first.
    """
    begin, until = from_at // 1000, -(-until_at // 1000)
    if begin >= until:
        return []
    ranking = Ranking()
    ends = await _add_up(ask, ranking, channel_id, begin, until)
    if providers is not None or name_part:
        named = {"providers": None if providers is None else list(providers), "name_part": name_part}
        rows = await ask(queries.ids_of_kind.sql, {"ids": ranking.emotes()} | named)
        ranking.keep({row["emote_id"] for row in rows})
    await _count_ends(ask, ranking, channel_id, ends, most)
    return await _named(ask, ranking.first(most))


async def _count_ends(ask: Ask, ranking: Ranking, channel_id: str, ends: Collection[End], most: int) -> None:
    """Count the parts of days, reading no more emotes than can be among the first."""
    days: dict[End, dict[int, PackedDay]] = {end: {} for end in ends}
    slots: dict[End, dict[int, SlotRow | None]] = {end: {} for end in ends}
    at_once = FIRST_READ
    while unread := ranking.settle(days, most, at_once):
        for end in ends:
            await _read_slots(ask, channel_id, end.day, slots[end], slots_of(unread))
            days[end] = {emote_id: day for emote_id in unread if (day := _found(slots[end], emote_id))} | days[end]
            ranking.count_hours(end, unread, days[end])
        at_once *= 2


async def _read_slots(
    ask: Ask, channel_id: str, day: int, known: dict[int, SlotRow | None], wanted: Iterable[int]
) -> None:
    """Add the rows of a day that are not known yet; None is a slot without a row."""
    missing = [slot for slot in wanted if slot not in known]
    where = {"channel_id": channel_id, "from_day": date_of(day), "until_day": date_of(day + 1), "slots": missing}
    rows = await ask(queries.slots_between.sql, where)
    known.update(dict.fromkeys(missing) | {row["slot"]: SlotRow(row["packed"]) for row in rows})


def _found(slots: Mapping[int, SlotRow | None], emote_id: int) -> PackedDay | None:
    rows = (slots[slot] for slot in slots_of([emote_id]))
    return next((day for row in rows if row is not None and (day := row.find(emote_id)) is not None), None)


async def _add_up(ask: Ask, ranking: Ranking, channel_id: str, begin: int, end: int) -> list[End]:
    """Add minutes and whole days; return the parts of days that are to be counted."""
    rows = await minute_rows(ask, channel_id, begin * 1000, end * 1000)
    ranking.add_minutes(((milliseconds(row["minute_at"]) // 1000, row["packed"]) for row in rows), begin, end)
    unrolled = days_of(rows)
    whole, cut = parts(begin, end)
    ends = {each.day: each for each in cut}
    days = sorted({*ends, *whole[:1], *whole[-1:]})
    where = {"channel_id": channel_id, "from_day": date_of(days[0]), "until_day": date_of(days[-1] + 1)}
    found = []
    for row in await ask(queries.sums_of_days.sql, where):
        day = (row["day"] - EPOCH).days
        if row["day"] in unrolled:
            continue
        if day in ends:
            ranking.add_end(ends[day], DaySums(row["sums"]))
            found.append(ends[day])
        else:
            ranking.add_day(DaySums(row["sums"]))
    return found


async def keys_of(ask: Ask, emote_ids: Collection[int]) -> dict[int, EmoteKey]:
    """Return provider, id and name of emotes by our ids; one that was forgotten is left out."""
    rows = await ask(queries.emotes_by_id.sql, {"ids": list(emote_ids)}) if emote_ids else ()
    return {row["emote_id"]: (row["provider"], row["provider_id"], row["name"]) for row in rows}


async def _named(ask: Ask, found: Sequence[tuple[int, int, int]]) -> list[TopEmote]:
    names = await keys_of(ask, [emote_id for emote_id, _, _ in found])
    return [TopEmote(*names[emote_id], uses, people) for emote_id, uses, people in found if emote_id in names]


def date_of(number: int) -> date:
    """Return the date of a day since 1970."""
    return EPOCH + timedelta(days=number)


def moment(at: int) -> datetime:
    """Return milliseconds since 1970 as a time."""
    return datetime.fromtimestamp(at / 1000, UTC)


def milliseconds(at: datetime) -> int:
    """Return a time as milliseconds since 1970."""
    return round(at.timestamp() * 1000)
