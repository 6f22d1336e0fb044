"""Keeps the copy of the catalogues in Postgres, and forgets what is old or has opted out, there and on this disk."""

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
        self._is_away = False

    def run(self, stop: threading.Event) -> None:
        """Copy until `stop`, however often Postgres is away."""
        while not stop.is_set():
            self.step()
            stop.wait(INTERVAL_SECONDS)
        self._database.close()

    def step(self) -> None:
        """Do what is due."""
        if self._is_due("forget", FORGET_SECONDS):
            self._versions.forget(self._wall_ms())
        self._channels.forget(self._channels.opted_out())
        try:
            with self._database as connection:
                self._copy(connection)
        except (PostgresAwayError, psycopg.Error) as error:
            if not self._is_away:
                log.warning("the catalogues are not copied to Postgres", reason=str(error).strip())
            self._is_away = True
            self._due |= dict.fromkeys(("opt_outs", "whole"), float("-inf"))
        else:
            if self._is_away:
                log.info("the catalogues are copied to Postgres again")
            self._is_away = False

    def _copy(self, connection: "psycopg.Connection[Any]") -> None:
        """Raises psycopg.Error."""
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
