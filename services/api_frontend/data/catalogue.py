"""Reads what programs ask for beside lists of moments: what changed, channels, games."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from async_lru import alru_cache

from api_frontend.data.database import Database, queries
from api_frontend.data.lists.cursor import Cursor
from api_frontend.data.lists.parameters import MOST_ITEMS

GAMES_SECONDS = 60.0  # a week of moments is counted for it
OVERLAP = timedelta(seconds=5)  # a change carries the time when its transaction began, and is visible when it ends


@dataclass(frozen=True, kw_only=True)
class ListedChannel:
    """A watched channel. `moments`: of the last 24 hours."""

    channel_id: str
    login: str
    display_name: str
    last_moment_at: datetime | None
    moments: int


@dataclass(frozen=True, kw_only=True)
class ListedGame:
    """A game or category. `moments`: of the last seven days."""

    name: str
    moments: int
    last_moment_at: datetime


class Catalogue:
    """Reads the lists. Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._games = alru_cache(maxsize=1, ttl=GAMES_SECONDS)(self._read_games)

    def forget(self) -> None:
        """Count again: something was hidden."""
        self._games.cache_clear()

    async def changed(self, since: datetime, after: Cursor | None, most: int) -> list[Cursor]:
        """Return moments whose document or clip changed since then, as positions in the order of the changes."""
        begin = after or Cursor(since - OVERLAP, "")
        values = {"since": begin.crossed_at, "after_id": begin.moment_id, "most": most}
        rows = await self._database.rows(queries.changed_moments.sql, values)
        return [Cursor(row["changed_at"], row["moment_id"]) for row in rows]

    async def channels(
        self, most: int, *, after: str = "", only: str | None = None, prefix: str = ""
    ) -> list[ListedChannel]:
        """Return watched channels by login, after this one; `prefix` (lower case) begins their login or name."""
        values = {"after_login": after, "only_login": only, "prefix": prefix, "most": most}
        return [ListedChannel(**row) for row in await self._database.rows(queries.channel_list.sql, values)]

    async def games(self, most: int) -> list[ListedGame]:
        """Return the games with the most moments lately, `MOST_ITEMS` of them at most."""
        return (await self._games())[:most]

    async def _read_games(self) -> list[ListedGame]:
        return [ListedGame(**row) for row in await self._database.rows(queries.game_list.sql, {"most": MOST_ITEMS})]
