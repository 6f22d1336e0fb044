"""The recorder's connection to Postgres, opened again after it broke; which errors mean what."""

from pathlib import Path
from types import TracebackType
from typing import Any

import aiosql
import psycopg

SQL_DIRECTORY = Path(__file__).parent / "sql"
OPTIONS: dict[str, Any] = {
    "connect_timeout": 3,  # seconds
    "keepalives_idle": 5,  # seconds until a silent peer is asked
    "keepalives_interval": 2,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # ms; a cut network shows after this
    "options": "-c statement_timeout=30s -c lock_timeout=5s -c timezone=UTC",
}
# SQLSTATE classes of what is wrong with a row and not with the server: data, integrity, a limit exceeded.
REFUSAL_CLASSES = ("22", "23", "54")
REFUSABLE = (psycopg.Error, ValueError, OverflowError)  # may be a refusal: ask `is_refusal`
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, OSError)
NO_SCHEMA = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


class PostgresAwayError(RuntimeError):
    """Postgres cannot be reached or cannot work now: wait and try again."""


class SchemaMissingError(RuntimeError):
    """The database has not the schema that this recorder writes: run `python -m recorder.migrate`."""


def is_refusal(error: psycopg.Error | ValueError | OverflowError) -> bool:
    """True where Postgres, or its driver, refuses a row for what it holds."""
    if isinstance(error, psycopg.Error):
        if error.sqlstate is not None:
            return error.sqlstate[:2] in REFUSAL_CLASSES
        return isinstance(error, psycopg.DataError)
    return True


def load_queries() -> Any:
    """The statements of `sql/`, by name."""
    return aiosql.from_path(SQL_DIRECTORY, "psycopg")


class Database:
    """One connection, opened on demand. As a context manager it turns a broken connection into `PostgresAwayError`."""

    def __init__(self, conninfo: str, name: str) -> None:
        self._conninfo = conninfo
        self._name = name
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = psycopg.connect(
                    self._conninfo, autocommit=True, application_name=self._name, **OPTIONS
                )
            except AWAY as error:
                raise PostgresAwayError(str(error).strip()) from error
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        self.close()
        if isinstance(error, NO_SCHEMA):
            raise SchemaMissingError("the schema is missing or old: run python -m recorder.migrate") from error
        if isinstance(error, AWAY):
            raise PostgresAwayError(str(error).strip() or type(error).__name__) from error

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
