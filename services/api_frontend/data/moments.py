"""Reads moments from Postgres: pages of the list, single ones, and what changed lately."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow

from api_frontend.data.database import Database, queries
from api_frontend.data.lists import list_query
from api_frontend.data.lists.common_words import CommonWords
from api_frontend.data.lists.cursor import Cursor
from api_frontend.data.lists.filters import Filter
from api_frontend.data.moment_memory import MomentMemory
from api_frontend.data.stored_moment import StoredMoment, moment_in, version_of
from moment_detection.hidden_words import HiddenWords

NONE_HIDDEN = HiddenWords()
READ_AHEAD = 4  # times a page: how far the best are read to find a page of which no channel has more than its share


@dataclass(frozen=True)
class Page:
    """The moments of one page in the list's order, and where the next page begins.

    `more_of`: by channel, how many moments of this stretch are left out in favour of other channels. `found`: how many
    the list has, up to `MOST_COUNTED` and one more, where that was asked for and could be told at once.
    """

    moments: list[StoredMoment]
    next: Cursor | None
    more_of: Mapping[str, int] = field(default_factory=dict)
    found: int | None = None


@dataclass(frozen=True)
class Version:
    """Which version of a moment is stored, and since when."""

    moment_id: str
    version: str
    changed_at: datetime


class Moments:
    """Reads moments, without hidden words. Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, keep_seconds: float = 0.0, hidden: HiddenWords = NONE_HIDDEN) -> None:
        self._database, self._hidden = database, hidden
        self._memory = MomentMemory(keep_seconds)
        self._common_words = CommonWords(database)

    def forget(self) -> None:
        """Read every moment again."""
        self._memory.forget()

    async def by_ids(self, ids: Iterable[str]) -> list[StoredMoment]:
        """Return the moments of these ids that exist, in the order of the ids."""
        wanted = list(ids)
        if not wanted:
            return []
        found = self._memory.known(wanted)
        if unknown := [moment_id for moment_id in wanted if moment_id not in found]:
            read_at = self._memory.now()
            rows = await self._database.rows(queries.by_ids.sql, {"ids": unknown})
            read = [moment.without(self._hidden) for row in rows if (moment := moment_in(row)) is not None]
            self._memory.keep(read, read_at)
            found |= {moment.moment_id: moment for moment in read}
        return [found[moment_id] for moment_id in wanted if moment_id in found]

    async def one(self, moment_id: str) -> StoredMoment | None:
        """Return one moment, or None."""
        found = await self.by_ids([moment_id])
        return found[0] if found else None

    async def page(self, wanted: Filter, most: int, *, count: bool = False) -> Page:
        """Return the first `most` moments of the filter."""
        rows = await self._rows(wanted, most + 1, count)
        places = [place_in(row) for row in rows]
        moments = await self.by_ids(place.moment_id for place in places[:most])
        return Page(moments, places[most - 1] if len(places) > most else None, found=found_in(rows))

    async def varied_page(self, wanted: Filter, most: int, most_of_channel: int, *, count: bool = False) -> Page:
        """Return a page of which no channel has more than its share; what is left out is counted, not carried over."""
        shown: list[Cursor] = []
        seen: Counter[str] = Counter()
        rows = await self._rows(wanted, READ_AHEAD * most + 1, count)
        last = None
        for row in rows[: READ_AHEAD * most]:
            if len(shown) == most:
                break
            last = place_in(row)
            seen[row["channel_id"]] += 1
            if seen[row["channel_id"]] <= most_of_channel:
                shown.append(last)
        read = seen.total()
        more_of = {channel: times - most_of_channel for channel, times in seen.items() if times > most_of_channel}
        moments = await self.by_ids(place.moment_id for place in shown)
        return Page(moments, last if read < len(rows) else None, more_of, found_in(rows))

    async def places(self, wanted: Filter, most: int) -> list[Cursor]:
        """Return the positions of that page. A made clip has one before its moment is recorded."""
        return [place_in(row) for row in await self._rows(wanted, most)]

    async def _rows(self, wanted: Filter, most: int, count: bool = False) -> list[DictRow]:
        values = await self._values(wanted, most)
        if count and not wanted.search and not wanted.shadow:
            by_values = False if list_query.narrowing(wanted) else None  # without, one plan is good for all: it is kept
            return await self._database.rows(list_query.counted_sql(wanted), values, prepare=by_values)
        if not wanted.search:
            return await self._database.rows(list_query.sql(wanted), values)
        if not wanted.shadow:
            near = await self._database.rows(list_query.near_sql(wanted), values, prepare=False)
            if len(near) == most:  # so these are the first of all
                return near
        return await self._database.rows(list_query.sql(wanted), values, prepare=False)

    async def _values(self, wanted: Filter, most: int) -> dict[str, Any]:
        return list_query.parameters(wanted, most, await self._common_words.read() if wanted.search else ())

    async def count(self, wanted: Filter) -> int:
        """Count the filter's moments up to `MOST_COUNTED` and one more."""
        values = await self._values(wanted, 0)
        rows = await self._database.rows(list_query.count_sql(wanted), values, prepare=False)
        return int(rows[0]["found"])

    async def hiding_state(self) -> str:
        """Return a text that changes whenever something is hidden from visitors, or shown again."""
        return str((await self._database.rows(queries.hiding_state.sql))[0]["state"])

    async def recent_versions(self, most: int) -> list[Version]:
        """Return the versions of the newest moments."""
        rows = await self._database.rows(queries.recent_versions.sql, {"most": most})
        return [
            Version(
                row["moment_id"],
                version_of(row["revision_number"], row["clip_revision"], row["viewer_clips"]),
                row["changed_at"],
            )
            for row in rows
        ]

    async def report(self, moment_id: str, reason: str) -> bool:
        """Count a report; False if visitors see no such moment."""
        return bool(await self._database.rows(queries.report.sql, {"moment_id": moment_id, "reason": reason}))

    async def hidden_since(self, seconds: float) -> list[str]:
        """Return the ids of the moments that an operator hid in the last seconds."""
        rows = await self._database.rows(queries.hidden_since.sql, {"seconds": seconds})
        return [row["moment_id"] for row in rows]


def found_in(rows: list[DictRow]) -> int | None:
    """Read the count beside the rows of a list's query; None if there is none."""
    return rows[0].get("found") if rows else None


def place_in(row: DictRow) -> Cursor:
    """Read a position from a row of a list's query."""
    return Cursor(row["crossed_at"], row["moment_id"], row.get("grade"))
