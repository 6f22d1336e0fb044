"""Reads from Postgres the age of the recorder's heartbeat and of the processed data."""

from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog

from service_runtime.postgres import Database, PostgresAwayError, cut_after, with_deadlines
from watcher.condition import Ages, Backup

log = structlog.get_logger()
QUERY_SECONDS = 5.0
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 4.0


class ProgressReader:
    """Reads over one connection, reopened after a failure."""

    def __init__(self, conninfo: str) -> None:
        self._database = Database(
            with_deadlines(conninfo, "watcher", connect_seconds=CONNECT_SECONDS, statement_seconds=STATEMENT_SECONDS)
        )
        self._queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "psycopg")
        self._away = False

    def ages(self) -> Ages | None:
        """Return the current ages; None if Postgres does not answer within ten seconds or has no such table."""
        try:
            with self._database as connection, cut_after(connection, QUERY_SECONDS):
                rows = list(self._queries.ages(connection))
                backups = tuple(Backup(*row) for row in self._queries.backups(connection))
        except (PostgresAwayError, psycopg.Error) as error:
            if not self._away:
                log.warning("Postgres does not answer", reason=str(error).strip().partition("\n")[0])
            self._away = True
            return None
        if self._away:
            log.info("Postgres answers again")
        self._away = False
        silent = {stage: max(0.0, seconds) for stage, seconds, _ in rows}
        behind = {stage: max(0.0, seconds) for stage, _, seconds in rows}
        return Ages(silent.get("recorder"), behind.get("job"), backups)

    def pause_seconds(self) -> float | None:
        """Return how long alerts are still held back, 0 or less if they are not; None if Postgres does not say."""
        try:
            with self._database as connection, cut_after(connection, QUERY_SECONDS):
                return float(self._queries.pause_seconds(connection))
        except (PostgresAwayError, psycopg.Error):
            return None

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._database.close()
