"""How many people wrote in a channel during the last counted hour: by second for one channel, by minute for many.

A second that nobody read is None, never zero; table `coverage` tells which were read.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from async_lru import alru_cache

from api_frontend.data.database import Database, queries

HOUR = timedelta(hours=1)
MINUTE_SECONDS = 60
MINUTES = 60
BUCKET_SECONDS = 10  # of a channel's own line; narrower ones cannot be told apart on a phone
LINE_SECONDS = 5.0  # a line is read at most so often, whoever looks at it
SPARK_SECONDS = 30.0
UNTIL_SECONDS = 2.0
KEPT_LINES, KEPT_SPARKS = 300, 200
Line = tuple[int | None, ...]


@dataclass(frozen=True)
class ChatLine:
    """People a second, the most in each bucket of `bucket_seconds`, from `from_at` on; None: nobody read it."""

    from_at: datetime
    bucket_seconds: int
    people: Line

    @property
    def until_at(self) -> datetime:
        """Its end."""
        return self.from_at + timedelta(seconds=self.bucket_seconds * len(self.people))

    @property
    def is_known(self) -> bool:
        """Whether anything was read."""
        return any(count is not None for count in self.people)


class CoverageEvent(NamedTuple):
    """A row of `coverage`; `until_at` is a gap's end."""

    event: str
    from_at: datetime
    until_at: datetime | None


def unread(events: Iterable[CoverageEvent], from_at: datetime, seconds: int) -> list[bool]:
    """Return which of these seconds nobody read; before the first event nobody did."""
    missing = [True] * seconds

    def mark(begin: datetime, end: datetime | None, value: bool) -> None:
        first = max(0, int((begin - from_at).total_seconds()))
        last = seconds if end is None else min(seconds, int((end - from_at).total_seconds()))
        if last > first:
            missing[first:last] = [value] * (last - first)

    ordered = sorted(events, key=lambda each: each.from_at)
    for each in ordered:
        if each.event != "gap":
            mark(each.from_at, None, each.event == "left")
    for each in ordered:
        if each.event == "gap":
            mark(each.from_at, each.until_at, True)
    return missing


def in_buckets(counts: Sequence[int | None], width: int) -> Line:
    """Return the greatest count of each bucket; None where none was read."""
    parts = (counts[start : start + width] for start in range(0, len(counts), width))
    return tuple(max((count for count in part if count is not None), default=None) for part in parts)


def by_second(minutes: dict[int, Sequence[int]], missing: Sequence[bool]) -> list[int | None]:
    """Join the minutes' counts, by number of the minute. Where people wrote it was read, whatever coverage says."""
    counts: list[int | None] = [None if gone else 0 for gone in missing]
    for number, people in minutes.items():
        start = number * MINUTE_SECONDS
        for second, count in enumerate(people[:MINUTE_SECONDS], start):
            if count or not missing[second]:
                counts[second] = count
    return counts


def by_minute(loudest: dict[int, int], missing: Sequence[bool]) -> Line:
    """Return the loudest second of each minute; None where less than half of a silent minute was read."""

    def value(minute: int) -> int | None:
        if loudest.get(minute):
            return loudest[minute]
        start = minute * MINUTE_SECONDS
        gone = sum(missing[start : start + MINUTE_SECONDS])
        return None if gone > MINUTE_SECONDS / 2 else 0

    return tuple(value(minute) for minute in range(MINUTES))


class ChatLines:
    """Reads the lines and keeps them for some seconds. Raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until = alru_cache(maxsize=1, ttl=UNTIL_SECONDS)(self._read_until)
        self._line = alru_cache(maxsize=KEPT_LINES, ttl=LINE_SECONDS)(self._read_line)
        self._sparks = alru_cache(maxsize=KEPT_SPARKS, ttl=SPARK_SECONDS)(self._read_sparks)

    def forget(self) -> None:
        """Read everything anew."""
        for cache in (self._line, self._sparks):
            cache.cache_clear()

    async def of(self, channel_id: str) -> ChatLine | None:
        """Return a channel's line; None before anything was counted."""
        return await self._line(channel_id)

    async def sparks(self, channel_ids: Sequence[str]) -> dict[str, ChatLine]:
        """Return the lines by minute of a page's channels; empty before anything was counted."""
        return await self._sparks(tuple(channel_ids)) if channel_ids else {}

    async def _read_until(self) -> datetime | None:
        rows = await self._database.rows(queries.counted_until.sql)
        return rows[0]["until_at"] if rows else None

    async def _read_line(self, channel_id: str) -> ChatLine | None:
        until_at = await self._until()
        if until_at is None:
            return None
        from_at = until_at - HOUR
        times = {"from_at": from_at, "until_at": until_at}
        rows = await self._database.rows(queries.people_by_second.sql, {"channel_id": channel_id} | times)
        missing = (await self._missing([channel_id], from_at, until_at))[channel_id]
        counts = by_second({minute_of(row["minute_at"], from_at): row["chatters"] for row in rows}, missing)
        return ChatLine(from_at, BUCKET_SECONDS, in_buckets(counts, BUCKET_SECONDS))

    async def _read_sparks(self, channel_ids: tuple[str, ...]) -> dict[str, ChatLine]:
        until_at = await self._until()
        if until_at is None:
            return {}
        from_at = until_at - HOUR
        values = {"channel_ids": list(channel_ids), "from_at": from_at, "until_at": until_at}
        loudest: dict[str, dict[int, int]] = defaultdict(dict)
        for row in await self._database.rows(queries.people_by_minute.sql, values):
            loudest[row["channel_id"]][minute_of(row["minute_at"], from_at)] = row["people"]
        missing = await self._missing(channel_ids, from_at, until_at)
        return {
            channel_id: ChatLine(from_at, MINUTE_SECONDS, by_minute(loudest[channel_id], missing[channel_id]))
            for channel_id in channel_ids
        }

    async def _missing(
        self, channel_ids: Sequence[str], from_at: datetime, until_at: datetime
    ) -> dict[str, list[bool]]:
        values = {"channel_ids": list(channel_ids), "from_at": from_at, "until_at": until_at}
        events: dict[str, list[CoverageEvent]] = {channel_id: [] for channel_id in channel_ids}
        for row in await self._database.rows(queries.coverage_of.sql, values):
            events[row["channel_id"]].append(CoverageEvent(row["event"], row["from_at"], row["until_at"]))
        return {channel_id: unread(found, from_at, MINUTES * MINUTE_SECONDS) for channel_id, found in events.items()}


def minute_of(minute_at: datetime, from_at: datetime) -> int:
    """Return the number of a minute in the hour that begins at `from_at`."""
    return round((minute_at - from_at).total_seconds() / MINUTE_SECONDS)
