"""What the operator's commands share: settings, one transaction, and an error that is one line."""

import sys
from collections.abc import Callable
from typing import Any

import psycopg

from recorder.database import Database, SchemaMissingError, load_queries
from service_runtime import logs
from service_runtime.postgres import PostgresAwayError
from service_runtime.settings import LogSettings, PostgresSettings, load_all


class RefusedError(RuntimeError):
    """What was asked for cannot be done; the text says why, and what to do instead."""


def run(name: str, do: Callable[[psycopg.Connection, Any], str]) -> int:
    """Print what `do` reports; return 0, or 1 with the reason on standard error."""
    log_settings, postgres = load_all(LogSettings, PostgresSettings)
    logs.configure(name, log_settings.level)
    database, queries = Database(postgres.conninfo(), name), load_queries()
    try:
        with database as connection:
            report = do(connection, queries)
    except (RefusedError, PostgresAwayError, SchemaMissingError) as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    finally:
        database.close()
    sys.stdout.write(report)
    return 0
