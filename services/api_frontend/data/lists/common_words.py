"""The words that many moments have: beside others they narrow a search little, and make its index slow."""

import time
from collections.abc import Callable

from api_frontend.data.database import Database, queries

SAMPLE = 1_000  # of the newest moments
SHARE = 0.05  # of them have a word that counts as common
KEPT_SECONDS = 60.0


class CommonWords:
    """Reads them once a minute."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._words: frozenset[str] = frozenset()
        self._read_at = float("-inf")

    async def read(self) -> frozenset[str]:
        """Return the words; raises `PostgresAwayError` if they are old and Postgres does not answer."""
        if self._clock() - self._read_at > KEPT_SECONDS:
            values = {"sample": SAMPLE, "least": int(SAMPLE * SHARE)}
            rows = await self._database.rows(queries.common_words.sql, values)
            self._words, self._read_at = frozenset(row["word"] for row in rows), self._clock()
        return self._words
