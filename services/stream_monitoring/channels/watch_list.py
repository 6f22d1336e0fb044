"""Where the list of watched channels is kept: in Postgres for all instances, and a copy on this disk."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog

from service_runtime.postgres import away, with_deadlines
from stream_monitoring.channels.choice import Choice, Watched
from stream_monitoring.privacy.opt_outs import OptOutList, OptOutStatus

log = structlog.get_logger()

SQL = Path(__file__).parents[1] / "sql"
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 5.0


class PostgresList:
    """One short connection per query: the list changes once per minute at most."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = with_deadlines(
            conninfo, "stream_monitoring", connect_seconds=CONNECT_SECONDS, statement_seconds=STATEMENT_SECONDS
        )
        self._queries: Any = aiosql.from_path(SQL, "psycopg")

    @contextmanager
    def _transaction(self) -> "Iterator[psycopg.Connection[Any]]":
        """Open a connection for one transaction. Raises PostgresAwayError, also where a table is missing."""
        try:
            with psycopg.connect(self._conninfo) as connection:
                yield connection
        except psycopg.Error as error:
            raise away(error) from error

    def read(self) -> Choice:
        """Return the list. Raises PostgresAwayError."""
        with self._transaction() as connection:
            rows = list(self._queries.read_watched_channels(connection))
        return {channel_id: Watched(login, reason) for channel_id, login, reason in rows}

    def write(self, choice: Choice) -> None:
        """Replace the list, in one transaction. Raises PostgresAwayError."""
        rows = [{"channel_id": key, "login": each.login, "reason": each.reason} for key, each in choice.items()]
        with self._transaction() as connection:
            self._queries.delete_unwatched_channels(connection, channel_ids=list(choice))
            self._queries.write_watched_channels(connection, rows=json.dumps(rows))

    def read_opt_outs(self) -> OptOutList:
        """Return every opt-out, the withdrawn ones too. Raises PostgresAwayError."""
        with self._transaction() as connection:
            rows = list(self._queries.read_opt_outs(connection))
        return {channel_id: OptOutStatus(login, is_out, changed_at) for channel_id, login, is_out, changed_at in rows}

    def restore_opt_outs(self, opt_outs: OptOutList) -> None:
        """Write these unless an equally new status is there. Raises PostgresAwayError."""
        rows = [{"channel_id": key, **asdict(status)} for key, status in opt_outs.items()]
        with self._transaction() as connection:
            self._queries.restore_opt_outs(connection, rows=json.dumps(rows))


class DiskList:
    """This instance's copy of the last list."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Choice:
        """Return the copy, empty if there is none or it is damaged."""
        try:
            known = json.loads(self._path.read_text())
            return {str(key): Watched(str(each["login"]), each["reason"]) for key, each in known.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            log.warning("channel list: the copy on disk is damaged", path=str(self._path), why=str(error))
            return {}

    def write(self, choice: Choice) -> None:
        """Replace the copy, whole or not at all; a full disk is logged."""
        part = self._path.with_suffix(".part")
        try:
            part.write_text(json.dumps({key: {"login": e.login, "reason": e.reason} for key, e in choice.items()}))
            os.replace(part, self._path)
        except OSError as error:
            log.error("channel list: cannot save the copy", path=str(self._path), why=str(error))
