"""Queries Postgres for the stages' progress, requests without an outcome, and dead letters."""

from pathlib import Path
from typing import Any

import aiosql
import psycopg

from service_runtime.postgres import with_deadlines
from status.facts import NoAnswer, StageProgress, StoredFacts

CONNECT_SECONDS = 2
STATEMENT_SECONDS = 1.8  # slightly below the probe's deadline
queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "psycopg")


def open_connection(conninfo: str) -> psycopg.Connection:
    """Return a read-only connection. Raises psycopg.Error."""
    return psycopg.connect(
        with_deadlines(
            conninfo,
            "status",
            connect_seconds=CONNECT_SECONDS,
            statement_seconds=STATEMENT_SECONDS,
            default_transaction_read_only="on",
        )
    )


def query(conninfo: str) -> StoredFacts | NoAnswer:
    """Return what Postgres knows now."""
    try:
        with open_connection(conninfo) as connection:
            return StoredFacts(
                {stage: StageProgress(behind, silent) for stage, behind, silent in queries.stages(connection)},
                queries.old_intents(connection),
                queries.dead_letters(connection),
            )
    except psycopg.errors.UndefinedTable:
        return NoAnswer("no tables: the migrations have not run")
    except psycopg.Error as error:
        return NoAnswer(reason(error))


def reason(error: psycopg.Error) -> str:
    """Return the informative part of an error of Postgres or its client."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    failed = next((line for line in lines if " failed: " in line), lines[0])
    return failed.rsplit(" failed: ", 1)[-1].strip().lower()[:150]


def dead_letters(conninfo: str) -> list[str]:
    """Return the reasons of the last 24 hours, one line each. Raises psycopg.Error."""
    with open_connection(conninfo) as connection:
        rows = list(queries.newest_dead_letters(connection))
    return [f"{count:>6}  last {last} UTC  {place}: {why}" for place, why, count, last in rows]


def channel_requests(conninfo: str) -> list[str]:
    """Return the channels that visitors want to be watched, the most wanted first. Raises psycopg.Error."""
    with open_connection(conninfo) as connection:
        rows = list(queries.channel_requests(connection))
    return [
        f"{count:>6}  {name:<26} last {last} UTC{'  watched' if is_watched else ''}"
        for name, count, last, is_watched in rows
    ]
