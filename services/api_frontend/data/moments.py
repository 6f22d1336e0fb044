"""Reads moments from Postgres: pages of the list, single ones, and what changed lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from api_frontend.data import list_query
from api_frontend.data.cursor import Cursor
from api_frontend.data.database import Database, queries
from api_frontend.data.filters import Filter
from api_frontend.data.stored_moment import Channel, StoredMoment, moment_in


@dataclass(frozen=True)
class Page:
    """The moments of one page, newest first, and where the next page begins."""

    moments: list[StoredMoment]
    next: Cursor | None


@dataclass(frozen=True)
class Version:
    """Which version of a moment is stored, and since when."""

    moment_id: str
    version: str
    changed_at: datetime


class Moments:
    """Reads moments. Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_ids(self, ids: Iterable[str]) -> list[StoredMoment]:
        """Return the moments of these ids that exist, in the order of the ids."""
        wanted = list(ids)
        if not wanted:
            return []
        rows = await self._database.rows(queries.by_ids.sql, {"ids": wanted})
        found = {moment.moment_id: moment for row in rows if (moment := moment_in(row)) is not None}
        return [found[moment_id] for moment_id in wanted if moment_id in found]

    async def one(self, moment_id: str) -> StoredMoment | None:
        """Return one moment, or None."""
        found = await self.by_ids([moment_id])
        return found[0] if found else None

    async def channel_named(self, name: str) -> Channel | None:
        """Find the channel with this login; digits that are no login are taken for an id."""
        rows = await self._database.rows(queries.channel_by_login.sql, {"login": name})
        if rows:
            return Channel(**rows[0])
        return Channel(name, None, f"channel {name}") if name.isdigit() else None

    async def page(self, wanted: Filter, most: int) -> Page:
        """Return the newest `most` moments of the filter."""
        places = await self.places(wanted, most + 1)
        moments = await self.by_ids(place.moment_id for place in places[:most])
        return Page(moments, places[most - 1] if len(places) > most else None)

    async def places(self, wanted: Filter, most: int) -> list[Cursor]:
        """Return the positions of that page, newest first. A made clip has one before its moment is recorded."""
        rows = await self._database.rows(list_query.sql(wanted), list_query.parameters(wanted, most))
        return [Cursor(**row) for row in rows]

    async def hiding_state(self) -> str:
        """Return a text that changes whenever something is hidden from visitors, or shown again."""
        return str((await self._database.rows(queries.hiding_state.sql))[0]["state"])

    async def recent_versions(self, most: int) -> list[Version]:
        """Return the versions of the newest moments."""
        rows = await self._database.rows(queries.recent_versions.sql, {"most": most})
        return [
            Version(row["moment_id"], f"{row['revision_number']}.{row['clip_revision']}", row["changed_at"])
            for row in rows
        ]
