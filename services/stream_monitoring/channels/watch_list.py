"""Where the list of watched channels is kept: in Postgres for all instances, and a copy on this disk."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog

from stream_monitoring.channels.choice import Choice, Watched
from stream_monitoring.privacy.opt_outs import OptOutList, OptOutStatus

log = structlog.get_logger()

SQL = Path(__file__).parents[1] / "sql"
CONNECT_SECONDS = 5


class ListAwayError(Exception):
    """Postgres does not answer; the copy on disk serves."""


class PostgresList:
    """One short connection per query: the list changes once per minute at most."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._queries: Any = aiosql.from_path(SQL, "psycopg")

    def _connect(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(self._conninfo, connect_timeout=CONNECT_SECONDS, options="-c statement_timeout=5s")

    def read(self) -> Choice:
        """Return the list. Raises ListAwayError."""
        try:
            with self._connect() as connection:
                rows = list(self._queries.read_watched_channels(connection))
        except psycopg.Error as error:
            raise ListAwayError(str(error).strip()) from error
        return {channel_id: Watched(login, reason) for channel_id, login, reason in rows}

    def write(self, choice: Choice) -> None:
        """Replace the list, in one transaction. Raises ListAwayError."""
        rows = [{"channel_id": key, "login": each.login, "reason": each.reason} for key, each in choice.items()]
        try:
            with self._connect() as connection:
                self._queries.delete_unwatched_channels(connection, channel_ids=list(choice))
                self._queries.write_watched_channels(connection, rows=json.dumps(rows))
        except psycopg.Error as error:
            raise ListAwayError(str(error).strip()) from error

    def read_opt_outs(self) -> OptOutList:
        """Return every opt-out, the withdrawn ones too. Raises ListAwayError."""
        try:
            with self._connect() as connection:
                rows = list(self._queries.read_opt_outs(connection))
        except psycopg.Error as error:
            raise ListAwayError(str(error).strip()) from error
        return {channel_id: OptOutStatus(login, is_out, changed_at) for channel_id, login, is_out, changed_at in rows}

    def restore_opt_outs(self, opt_outs: OptOutList) -> None:
        """Write these unless an equally new status is there. Raises ListAwayError."""
        rows = [{"channel_id": key, **asdict(status)} for key, status in opt_outs.items()]
        try:
            with self._connect() as connection:
                self._queries.restore_opt_outs(connection, rows=json.dumps(rows))
        except psycopg.Error as error:
            raise ListAwayError(str(error).strip()) from error


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
