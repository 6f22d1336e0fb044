"""Reads every two seconds which channels somebody looks at; nobody while Postgres is away."""

import threading
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog

from service_runtime.postgres import Database, PostgresAwayError, cut_after

log = structlog.get_logger()
INTERVAL_SECONDS = 2.0
ANSWER_SECONDS = 5.0
SQL = Path(__file__).parent / "sql"


class Interest:
    """The worker. `channel_ids` may be read from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries: Any = aiosql.from_path(SQL, "psycopg")
        self._is_away = False
        self.channel_ids: frozenset[str] = frozenset()

    def run(self, stop: threading.Event) -> None:
        """Read until `stop`."""
        while not stop.is_set():
            self.read()
            stop.wait(INTERVAL_SECONDS)
        self._database.close()

    def notes(self) -> dict[str, str]:
        """Return for /ready that Postgres is away: counting goes on without it."""
        return {"postgres": "away; no graph is live, and new emotes have no picture there yet"} if self._is_away else {}

    def read(self) -> None:
        """Read once."""
        try:
            with self._database as connection, cut_after(connection, ANSWER_SECONDS):
                found = frozenset(row[0] for row in self._queries.wanted_channels(connection))
        except (PostgresAwayError, psycopg.Error) as error:
            if not self._is_away:
                log.warning("Postgres does not answer; no graph is live", reason=str(error).strip())
            self._is_away, self.channel_ids = True, frozenset()
            return
        if self._is_away:
            log.info("Postgres answers again")
        self._is_away, self.channel_ids = False, found
