"""Looks at the site's parts: as a visitor at the site, at the standby's figures, and into Postgres."""

import json
from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

import aiosql
import msgspec
import psycopg

from contracts.metrics import TICK_AGE
from contracts.uptime import Noted
from service_runtime.postgres import Database, PostgresAwayError, cut_after, with_deadlines
from watcher.outside.get import BadAddressError, NoAnswerError, get
from watcher.record.facts import Facts, Stage, Stored

SITE_SECONDS = 8.0  # longer than a visitor waits
STANDBY_SECONDS = 3.0
QUERY_SECONDS = 5.0
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 4.0


def site_answers(url: str) -> bool | None:
    """Return whether the site serves; None if somebody else answered in its place, as a challenge of Cloudflare's."""
    try:
        answer = get(f"{url.rstrip('/')}/ready", SITE_SECONDS)
    except NoAnswerError:
        return False
    except BadAddressError:
        return None
    try:
        says = json.loads(answer.body)
    except ValueError:
        says = None
    if isinstance(says, dict) and isinstance(says.get("ok"), bool):
        return bool(says["ok"])
    return False if answer.status >= 500 else None


def behind(metrics_text: str) -> float | None:
    """Read from an instance's metrics how many seconds its reading of chat is behind."""
    for line in metrics_text.splitlines():
        name, _, value = line.partition(" ")
        if name.partition("{")[0] == TICK_AGE.name:
            seconds = float(value)
            return None if isnan(seconds) else seconds
    return None


def standby_behind(url: str) -> float | None:
    """Ask the standby how far its reading is behind; None if it does not say."""
    try:
        answer = get(f"{url.rstrip('/')}/metrics", STANDBY_SECONDS)
        return behind(answer.body.decode()) if answer.status == 200 else None
    except (NoAnswerError, BadAddressError, ValueError):
        return None


class UptimeDatabase:
    """What Postgres says, and where notes go."""

    def __init__(self, conninfo: str) -> None:
        self._database = Database(
            with_deadlines(
                conninfo, "watcher-uptime", connect_seconds=CONNECT_SECONDS, statement_seconds=STATEMENT_SECONDS
            )
        )
        self._queries: Any = aiosql.from_path(Path(__file__).parents[1] / "sql" / "uptime.sql", "psycopg")

    def stored(self) -> Stored | None:
        """Return what it says; None if it does not answer in time."""
        try:
            with self._database as connection, cut_after(connection, QUERY_SECONDS):
                stages = {name: Stage(silent, late) for name, silent, late in self._queries.stages(connection)}
                has_clips, moments, clips, unclipped = self._queries.clipped(connection)
                bot_seconds, is_worked_on = self._queries.bot_and_work(connection)
        except (PostgresAwayError, psycopg.Error):
            return None
        return Stored(stages, has_clips, moments, clips, unclipped, bot_seconds, is_worked_on)

    def note(self, notes: Sequence[Noted]) -> bool:
        """Store notes; return whether they are stored."""
        try:
            with self._database as connection, cut_after(connection, QUERY_SECONDS):
                self._queries.note(connection, notes=msgspec.json.encode(notes).decode())
        except (PostgresAwayError, psycopg.Error):
            return False
        return True

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        self._database.close()


class Sources:
    """All that is looked at. An empty address is not asked."""

    def __init__(self, database: UptimeDatabase, site_url: str, standby_url: str) -> None:
        self._database, self._site_url, self._standby_url = database, site_url, standby_url

    def look(self) -> Facts:
        """Look once; takes 20 s at most."""
        return Facts(
            site=site_answers(self._site_url) if self._site_url else None,
            has_standby=bool(self._standby_url),
            standby_behind=standby_behind(self._standby_url) if self._standby_url else None,
            stored=self._database.stored(),
        )
