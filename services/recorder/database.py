"""The recorder's connection to Postgres, and which errors mean what."""

from pathlib import Path
from types import TracebackType
from typing import Any

import aiosql
import psycopg

from service_runtime import postgres

SQL_DIRECTORY = Path(__file__).parent / "sql"
CONNECT_SECONDS = 3
STATEMENT_SECONDS = 30.0
LOCK_TIMEOUT = "5s"
SILENT_SECONDS = 10  # a cut network shows after this
# SQLSTATE classes of what is wrong with a row and not with the server: data, integrity, a limit exceeded.
REFUSAL_CLASSES = ("22", "23", "54")
REFUSABLE = (psycopg.Error, ValueError, OverflowError)  # may be a refusal: ask `is_refusal`
NO_SCHEMA = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InsufficientPrivilege,
)


class SchemaMissingError(RuntimeError):
    """The database lacks the schema or the rights that this recorder needs: run `python -m recorder.migrate`."""


def is_refusal(error: psycopg.Error | ValueError | OverflowError) -> bool:
    """Return whether Postgres, or its driver, refuses a row for what it holds."""
    if isinstance(error, psycopg.Error):
        if error.sqlstate is not None:
            return error.sqlstate[:2] in REFUSAL_CLASSES
        return isinstance(error, psycopg.DataError)
    return True


def load_queries() -> Any:
    """Return the statements of `sql/` by name."""
    return aiosql.from_path(SQL_DIRECTORY, "psycopg")


class Database(postgres.Database):
    """The recorder's connection, which also turns a missing schema into `SchemaMissingError`."""

    def __init__(self, conninfo: str, name: str) -> None:
        super().__init__(
            postgres.with_deadlines(
                conninfo,
                name,
                connect_seconds=CONNECT_SECONDS,
                statement_seconds=STATEMENT_SECONDS,
                silent_seconds=SILENT_SECONDS,
                lock_timeout=LOCK_TIMEOUT,
            )
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, NO_SCHEMA):
            raise SchemaMissingError(
                "the schema or a right in it is missing: run python -m recorder.migrate"
            ) from error
