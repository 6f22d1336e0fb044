"""Questions to Postgres with a deadline, over a few connections that outlive its absences."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiosql
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from service_runtime.postgres import AWAY, PostgresAwayError, away, with_deadlines

CONNECT_SECONDS = 3
STATEMENT_SECONDS = 10.0
SILENT_SECONDS = 10  # a cut network shows after this
WAIT_SECONDS = 5.0  # for a connection, while Postgres is away
RECONNECT_SECONDS = 2.0
POOL_SIZE = 3  # machine A has 40 connections for everybody

queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "apsycopg")


def bot_conninfo(conninfo: str) -> str:
    """Return the connection string with the bot's timeouts."""
    return with_deadlines(
        conninfo,
        "discord_bot",
        connect_seconds=CONNECT_SECONDS,
        statement_seconds=STATEMENT_SECONDS,
        silent_seconds=SILENT_SECONDS,
        jit="off",
    )


class Database:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, conninfo: str) -> None:
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[DictRow]] = AsyncConnectionPool(
            bot_conninfo(conninfo),
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=POOL_SIZE,
            timeout=WAIT_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            open=False,
        )

    async def open(self) -> None:
        """Start connecting; does not wait for Postgres."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close(timeout=2.0)

    async def rows(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> list[DictRow]:
        """Run one of `queries` and return its rows."""
        return await self.ask(statement.sql, parameters)

    async def ask(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[DictRow]:
        """Run a statement and return its rows; again, if the pool gives a connection that has ended meanwhile.

        So each statement has to do no harm when it runs twice.
        """
        for _ in range(POOL_SIZE + 1):
            connection = None
            try:
                async with self._pool.connection() as connection:
                    end_if_cancelled()
                    answer = await connection.execute(sql, parameters)
                    return await answer.fetchall()
            except AWAY as error:
                if connection is None or not connection.closed:
                    raise away(error) from error
        raise PostgresAwayError("every connection was lost")


def end_if_cancelled() -> None:
    """Raise CancelledError in a task that was cancelled: Python 3.11's `wait_for`, in the pool, may swallow the first.

    It does if the awaited comes in the same moment (python/cpython#86296).
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
