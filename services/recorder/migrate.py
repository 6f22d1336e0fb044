"""Bring Postgres's schema and its roles' rights up to date: `python -m recorder.migrate`, as their owner.

Safe to repeat and to run twice at once.
"""

import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import stamina
import yoyo
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import parse_uri

from recorder.settings import MigrationSettings
from service_runtime import logs
from service_runtime.settings import LogSettings, PostgresSettings, load_all

LOCK_KEY = 7_364_120_417  # any fixed number: the advisory lock held while migrating
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.25, 2.0  # Postgres starts in about a second
CONNECT_TIMEOUT_SECONDS = 3
LOCK_PAUSE_SECONDS = 0.2
# Whoever waits for a whole table holds up everyone who comes after: give up, let them pass, try again.
TABLE_WAIT = "500ms"
TABLE_PAUSE_SECONDS, LONGEST_TABLE_PAUSE_SECONDS = 0.2, 5.0
TABLE_SECONDS = 600.0  # a restore or a dump may hold the tables for minutes
MIGRATION_TABLE = "_yoyo_migration"


class MigrationError(RuntimeError):
    """The schema could not be brought up to date; the text says why and what to do."""


class Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]  # yoyo has no types
    """yoyo on libpq's connection string, so that the password comes from its file and not from a URL."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        super().__init__(parse_uri("postgresql+psycopg://"), MIGRATION_TABLE)

    def connect(self, dburi: Any) -> psycopg.Connection:
        """Connect in autocommit mode: yoyo sends BEGIN and COMMIT itself."""
        return open_connection(self._conninfo, options=f"-c lock_timeout={TABLE_WAIT}")

    def copy(self) -> "Backend":
        """Copy, since yoyo applies each migration on a connection of its own."""
        return Backend(self._conninfo)


def open_connection(conninfo: str, options: str = "") -> psycopg.Connection:
    """Try once to reach Postgres."""
    return psycopg.connect(
        conninfo,
        autocommit=True,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        application_name="migrate",
        options=options,
    )


def connect(conninfo: str, wait_seconds: float) -> psycopg.Connection:
    """Connect once Postgres answers; raise `MigrationError` with the last reason after `wait_seconds`."""
    try:
        for attempt in stamina.retry_context(
            on=psycopg.OperationalError,
            attempts=None,
            timeout=wait_seconds,
            wait_initial=FIRST_WAIT_SECONDS,
            wait_max=LONGEST_WAIT_SECONDS,
            wait_jitter=0,
        ):
            with attempt:
                return open_connection(conninfo)
    except psycopg.OperationalError as error:
        reason = str(error).strip() or type(error).__name__
        raise MigrationError(f"Postgres did not answer within {wait_seconds:g} s: {reason}") from error
    raise AssertionError("stamina ends with a result or an error")


def is_free(connection: psycopg.Connection) -> bool:
    """Take the lock, unless another process has it."""
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone()
    return row is not None and bool(row[0])


@contextmanager
def only_one(connection: psycopg.Connection) -> Iterator[None]:
    """Wait for another process that migrates; Postgres frees the lock if that process dies.

    It asks again and again: an index that is made beside other work waits for every statement under way, and so for
    one that waits here.
    """
    while not is_free(connection):
        time.sleep(LOCK_PAUSE_SECONDS)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK_KEY,))


def apply_missing(backend: Backend, migrations: yoyo.migrations.MigrationList) -> list[str]:
    """Apply what the database lacks, file by file; return the names."""
    backend.init_database()
    missing = list(backend.to_apply(migrations))
    for migration in missing:
        try:
            apply_one(backend, migration)
        except psycopg.errors.LockNotAvailable as error:
            raise MigrationError(
                f"{migration.id} waits: others have used its tables for {TABLE_SECONDS / 60:g} minutes; run it again"
            ) from error
        except psycopg.Error as error:
            after = "and was rolled back" if migration.use_transactions else "half way, run again it begins anew"
            raise MigrationError(f"{migration.id} failed {after}: {str(error).strip()}") from error
    return [migration.id for migration in missing]


def apply_one(backend: Backend, migration: yoyo.migrations.Migration) -> None:
    """Apply a file as a whole, again and again while others hold its tables."""
    for attempt in stamina.retry_context(
        on=psycopg.errors.LockNotAvailable,
        attempts=None,
        timeout=TABLE_SECONDS,
        wait_initial=TABLE_PAUSE_SECONDS,
        wait_max=LONGEST_TABLE_PAUSE_SECONDS,
    ):
        with attempt:
            backend.apply_one(migration)


def migrate(conninfo: str, directory: Path, wait_seconds: float) -> list[str]:
    """Bring the schema up to date with `directory`; return the names applied, raise `MigrationError`."""
    if not any(directory.glob("*.sql")):
        raise MigrationError(f"{directory} holds no migrations: set RECORDER_MIGRATIONS_DIRECTORY")
    with connect(conninfo, wait_seconds) as connection, only_one(connection), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # yoyo probes for transactional DDL in a nested transaction
        with Backend(conninfo) as backend:
            return apply_missing(backend, yoyo.read_migrations(str(directory)))


def grant_rights(conninfo: str, file: Path) -> None:
    """Give each role the rights in `file` and take all others away, in one transaction. Raises psycopg.Error."""
    with open_connection(conninfo) as connection, only_one(connection):
        connection.execute(file.read_bytes())


def main() -> int:
    """Migrate as the environment says; return 0, or 1 with the reason on standard error."""
    log_settings, postgres, settings = load_all(LogSettings, PostgresSettings, MigrationSettings)
    logs.configure("migrate", log_settings.level)
    try:
        conninfo = postgres.conninfo()
        names = migrate(conninfo, settings.migrations_directory, settings.migrations_wait_seconds)
        grant_rights(conninfo, settings.rights_file)
    except (MigrationError, psycopg.Error, OSError) as error:
        sys.stderr.write(f"migrate: {str(error).strip()}\n")
        return 1
    sys.stdout.write("".join(f"applied {name}\n" for name in names) or "the schema is up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
