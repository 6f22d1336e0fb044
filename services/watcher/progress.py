"""Reads from Postgres the age of the recorder's heartbeat and of the processed data."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog

from watcher.condition import Ages

log = structlog.get_logger()
QUERY_SECONDS = 5.0
OPTIONS: dict[str, Any] = {
    "application_name": "watcher",
    "connect_timeout": 5,  # seconds
    "options": "-c statement_timeout=4s -c timezone=UTC",
}


class ProgressReader:
    """Reads over one connection, reopened after a failure."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None
        self._queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "psycopg")
        self._away = False

    def ages(self) -> Ages | None:
        """Return the current ages; None if Postgres does not answer within ten seconds or has no such table."""
        try:
            rows = self._query()
        except (psycopg.Error, OSError) as error:
            self.close()
            if not self._away:
                log.warning("Postgres does not answer", reason=str(error).strip().partition("\n")[0])
            self._away = True
            return None
        if self._away:
            log.info("Postgres answers again")
        self._away = False
        silent = {stage: max(0.0, seconds) for stage, seconds, _ in rows}
        behind = {stage: max(0.0, seconds) for stage, _, seconds in rows}
        return Ages(silent.get("recorder"), behind.get("job"))

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _query(self) -> list[tuple[str, float, float]]:
        if self._connection is None:
            self._connection = psycopg.connect(self._conninfo, autocommit=True, **OPTIONS)
        with close_after(self._connection, QUERY_SECONDS):
            return list(self._queries.ages(self._connection))


@contextmanager
def close_after(connection: psycopg.Connection, seconds: float) -> Iterator[None]:
    """Shut down the connection's socket after `seconds`, because a hung server never times out by itself."""

    def shut_down() -> None:
        with suppress(OSError):
            duplicate.shutdown(socket.SHUT_RDWR)

    with socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as duplicate:
        timer = threading.Timer(seconds, shut_down)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
