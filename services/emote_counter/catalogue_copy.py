"""Keeps the copy of the catalogues in Postgres, and forgets what is old or has opted out, there and on this disk."""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import structlog

from emote_catalogue import published
from emote_catalogue.versions import Versions
from emote_counter.channels import WantedChannels
from service_runtime.clock import now_ms
from service_runtime.postgres import Database, PostgresAwayError

log = structlog.get_logger()
INTERVAL_SECONDS = 2.0
OPT_OUT_SECONDS = 30.0  # between two looks at who has opted out
WHOLE_SECONDS = 600.0  # between two looks whether Postgres lacks something, as after a restored backup: each is a sync
FORGET_SECONDS = 3600.0
SQL = Path(__file__).parent / "sql"


class CatalogueCopy:
    """The worker. `clock`: seconds that only grow; `wall_ms`: milliseconds since 1970."""

    def __init__(
        self,
        *,
        database: Database,
        versions: Versions,
        channels: WantedChannels,
        clock: Callable[[], float] = time.monotonic,
        wall_ms: Callable[[], int] = now_ms,
    ) -> None:
        self._database, self._versions, self._channels = database, versions, channels
        self._clock, self._wall_ms = clock, wall_ms
        self._queries: Any = aiosql.from_path(SQL, "psycopg")
        self._published = -1  # the last change that Postgres has
        self._forgotten: set[str] = set()  # opted out in chat's log, and deleted in Postgres
        self._due = dict.fromkeys(("opt_outs", "whole", "forget"), float("-inf"))
        self._problems: set[str] = set()  # that were logged and are not over

    def run(self, stop: threading.Event) -> None:
        """Copy until `stop`, however often Postgres is away or the disk full."""
        while not stop.is_set():
            self.step()
            stop.wait(INTERVAL_SECONDS)
        self._database.close()

    def step(self) -> None:
        """Do what is due, on this disk and in Postgres; neither waits for the other."""
        self._try("the store of catalogues cannot be tidied", self._tidy, ("forget",))
        self._try("the catalogues are not copied to Postgres", self._copy_once, ("opt_outs", "whole"))

    def _try(self, problem: str, do: Callable[[], None], again: tuple[str, ...]) -> None:
        """Do it; log once that it fails, as on a full disk, and do what is named in `again` as soon as it can be."""
        try:
            do()
        except (PostgresAwayError, psycopg.Error, sqlite3.Error) as error:
            if problem not in self._problems:
                log.warning(problem, reason=str(error).strip())
            self._problems.add(problem)
            self._due |= dict.fromkeys(again, float("-inf"))
        else:
            if problem in self._problems:
                log.info("over", problem=problem)
            self._problems.discard(problem)

    def _tidy(self) -> None:
        """Raises sqlite3.Error."""
        if self._is_due("forget", FORGET_SECONDS):
            self._versions.forget(self._wall_ms())
        self._channels.forget(self._channels.opted_out())

    def _copy_once(self) -> None:
        """Raises PostgresAwayError, psycopg.Error and sqlite3.Error."""
        with self._database as connection:
            self._copy(connection)

    def _copy(self, connection: "psycopg.Connection[Any]") -> None:
        """Raises psycopg.Error and sqlite3.Error."""
        opted_out = self._channels.opted_out()
        if opted_out - self._forgotten or self._is_due("opt_outs", OPT_OUT_SECONDS):
            everyone = opted_out.union(row[0] for row in self._queries.opted_out_channels(connection))
            self._channels.forget(everyone)
            published.forget_channels(connection, everyone)
            self._forgotten = opted_out
        latest = self._versions.last_change()
        if latest != self._published or self._is_due("whole", WHOLE_SECONDS):
            published.publish(connection, self._versions)
            published.forget(connection)
            self._published = latest

    def _is_due(self, what: str, seconds: float) -> bool:
        """Return whether something has its turn, and note it."""
        now = self._clock()
        if now < self._due[what]:
            return False
        self._due[what] = now + seconds
        return True
