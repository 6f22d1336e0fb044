"""Queries Postgres for the stages' progress, requests without an outcome, and dead letters."""

from pathlib import Path
from typing import Any

import aiosql
import psycopg

from status.facts import Database, NoAnswer, Progress

OPTIONS: dict[str, Any] = {
    "application_name": "status",
    "connect_timeout": 2,  # seconds
    "options": "-c statement_timeout=1800 -c timezone=UTC -c default_transaction_read_only=on",
}
queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "psycopg")


def query(conninfo: str) -> Database | NoAnswer:
    """Return what Postgres knows now."""
    try:
        with psycopg.connect(conninfo, **OPTIONS) as connection:
            return Database(
                {stage: Progress(behind, silent) for stage, behind, silent in queries.stages(connection)},
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
    with psycopg.connect(conninfo, **OPTIONS) as connection:
        rows = list(queries.newest_dead_letters(connection))
    return [f"{count:>6}  last {last} UTC  {place}: {why}" for place, why, count, last in rows]
