"""Questions to Postgres with a deadline: an answer, or `PostgresAwayError` soon enough for a friendly page."""

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

from contracts import metrics
from service_runtime.measures import measure
from service_runtime.postgres import AWAY, PostgresAwayError, away, with_deadlines

ANSWER_TIMEOUT_SECONDS = 1.5  # a page that cannot be made says so within 2 s
CONNECT_SECONDS = 2
STATEMENT_SECONDS = 3.0
SILENT_SECONDS = 4  # without an answer, the connection counts as cut
POOL_SIZE = 4  # one process, queries of about a millisecond: more would only cost memory
RECONNECT_SECONDS = 1.0  # then the next request tries again, so recovery never waits on a long backoff

log = structlog.get_logger()
Connection = psycopg.AsyncConnection[DictRow]
queries = aiosql.from_path(Path(__file__).parent / "sql", "apsycopg")
OTHER = "other"  # a list that was built of several pieces, or a library's query
NAMES = {
    getattr(queries, name).sql: name for name in queries.available_queries if not name.endswith("_cursor")
}  # of queries, by their text


def conninfo_with_deadlines(conninfo: str) -> str:
    """Return the connection string with the site's timeouts added."""
    return with_deadlines(
        conninfo,
        "api_frontend",
        connect_seconds=CONNECT_SECONDS,
        statement_seconds=STATEMENT_SECONDS,
        silent_seconds=SILENT_SECONDS,
        jit="off",
    )


class Database:
    """A small pool of connections that outlives Postgres's absences."""

    def __init__(self, conninfo: str) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            conninfo_with_deadlines(conninfo),
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=POOL_SIZE,
            timeout=ANSWER_TIMEOUT_SECONDS,
            reconnect_timeout=RECONNECT_SECONDS,
            open=False,
        )
        self._abandoned: set[asyncio.Task[list[DictRow]]] = set()

    async def open(self) -> None:
        """Start connecting; does not wait for Postgres."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close(timeout=2.0)

    async def rows(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        prepare: bool | None = None,
        binary: bool = False,
    ) -> list[DictRow]:
        """Return all rows of a query; raise `PostgresAwayError` after 1.5 s at the latest.

        With `prepare` False it is planned by its values each time. `binary`: for columns of many bytes.
        """
        with measure(metrics.QUERY_SECONDS).labels(query=NAMES.get(sql, OTHER)).time():
            return await self._within_deadline(self._ask(sql, parameters, prepare, binary))

    async def _ask(
        self, sql: str, parameters: Mapping[str, Any] | None, prepare: bool | None, binary: bool
    ) -> list[DictRow]:
        """Query again if the pool hands out a connection that ended while Postgres was away."""
        for _ in range(POOL_SIZE):
            async with self._pool.connection() as connection:
                try:
                    answer = await connection.execute(sql, parameters, prepare=prepare, binary=binary)
                    return await answer.fetchall()
                except psycopg.OperationalError:
                    if not connection.closed:
                        raise
        raise psycopg.OperationalError("every connection was lost")

    async def _within_deadline(self, question: Coroutine[Any, Any, list[DictRow]]) -> list[DictRow]:
        """Leave a query behind at the deadline without waiting for it: a hung server does not even accept a cancel."""
        task = asyncio.create_task(question)
        self._abandoned.add(task)
        task.add_done_callback(self._forget)
        done, _ = await asyncio.wait({task}, timeout=ANSWER_TIMEOUT_SECONDS)
        if not done:
            task.cancel()
            raise PostgresAwayError("no answer in time")
        try:
            return task.result()
        except AWAY as error:
            raise away(error) from error

    def _forget(self, task: "asyncio.Task[list[DictRow]]") -> None:
        self._abandoned.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.debug("query failed", error=str(error))
