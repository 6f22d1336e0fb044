"""Reads from Postgres how long ago the processing machine was heard of and how old its data is."""

from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog

from service_runtime.postgres import Database, PostgresAwayError, cut_after, with_deadlines
from watcher.condition import Ages

log = structlog.get_logger()
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 4.0


class Pipeline:
    """One connection, opened again after it broke."""

    def __init__(self, conninfo: str) -> None:
        self._database = Database(
            with_deadlines(conninfo, "watcher", connect_seconds=CONNECT_SECONDS, statement_seconds=STATEMENT_SECONDS)
        )
        self._queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "psycopg")
        self._away = False

    def ages(self) -> Ages | None:
        """The ages now; None where Postgres gives no answer within ten seconds, or has no such table."""
        try:
            with self._database as connection, cut_after(connection, ANSWER_SECONDS):
                rows = list(self._queries.ages(connection))
        except (PostgresAwayError, psycopg.Error) as error:
            if not self._away:
                log.warning("postgres gives no answer", why=str(error).strip().partition("\n")[0])
            self._away = True
            return None
        if self._away:
            log.info("postgres answers again")
        self._away = False
        silent = {stage: max(0.0, seconds) for stage, seconds, _ in rows}
        behind = {stage: max(0.0, seconds) for stage, _, seconds in rows}
        return Ages(silent.get("recorder"), behind.get("job"))

    def close(self) -> None:
        """Close the connection; the next look opens another."""
        self._database.close()
