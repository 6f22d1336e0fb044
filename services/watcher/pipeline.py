"""Reads from Postgres how long ago the processing machine was heard of and how old its data is."""

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
ANSWER_SECONDS = 5.0
OPTIONS: dict[str, Any] = {
    "application_name": "watcher",
    "connect_timeout": 5,  # seconds
    "options": "-c statement_timeout=4s -c timezone=UTC",
}


class Pipeline:
    """One connection, opened again after it broke."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None
        self._queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "psycopg")
        self._away = False

    def ages(self) -> Ages | None:
        """The ages now; None where Postgres gives no answer within ten seconds, or has no such table."""
        try:
            rows = self._ask()
        except (psycopg.Error, OSError) as error:
            self.close()
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
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self) -> list[tuple[str, float, float]]:
        if self._connection is None:
            self._connection = psycopg.connect(self._conninfo, autocommit=True, **OPTIONS)
        with cut_after(self._connection, ANSWER_SECONDS):
            return list(self._queries.ages(self._connection))


@contextmanager
def cut_after(connection: psycopg.Connection, seconds: float) -> Iterator[None]:
    """Cut the connection's socket after `seconds`: a server that hangs keeps no deadline of its own."""

    def cut() -> None:
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)

    with socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as held:
        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
