"""The games and languages that a list can be narrowed to."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from api_frontend.data.database import Database, queries

MOST_CHOICES = 500  # more than a visitor scrolls through; any other can be typed
KEPT_SECONDS = 60.0


@dataclass(frozen=True)
class Known:
    """The names as Twitch writes them, in the order of the alphabet."""

    games: tuple[str, ...]
    languages: tuple[str, ...]


class Choices:
    """Reads what there is to choose from, once a minute."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._known = Known((), ())
        self._read_at = float("-inf")

    async def read(self) -> Known:
        """Return the choices; raises `PostgresAwayError` if they are old and Postgres does not answer."""
        if self._clock() - self._read_at > KEPT_SECONDS:
            self._known = Known(await self._names(queries.games.sql), await self._names(queries.languages.sql))
            self._read_at = self._clock()
        return self._known

    async def _names(self, sql: str) -> tuple[str, ...]:
        return tuple(row["name"] for row in await self._database.rows(sql, {"most": MOST_CHOICES}))
