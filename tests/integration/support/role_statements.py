"""The statements that each role of Postgres has to be able to run: those in the SQL files of its service."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import aiosql
import psycopg

from embedded.paths import REPOSITORY

SERVICES, TOOLS, LIBRARIES = (REPOSITORY / name for name in ("services", "tools", "libraries"))
CATALOGUE = LIBRARIES / "emote_catalogue" / "sql"
EMOTES = LIBRARIES / "emote_counts" / "sql" / "reading.sql"
DISCORD = sorted((LIBRARIES / "discord_notices" / "storage" / "sql").glob("*.sql"))
CAPTURE = SERVICES / "stream_monitoring" / "sql"
FILES: dict[str, list[Path]] = {
    "api_frontend": [
        *sorted((SERVICES / "api_frontend" / "data" / "sql").glob("*.sql")),
        CATALOGUE / "known.sql",
        EMOTES,
        *DISCORD,
    ],
    "recorder": [
        *sorted((SERVICES / "recorder" / "sql").glob("*.sql")),
        LIBRARIES / "service_runtime" / "sql" / "backups.sql",
    ],
    "stream_monitoring": [CAPTURE / "opt_outs.sql", CAPTURE / "watched_channels.sql"],
    "chooser": sorted(CAPTURE.glob("*.sql")),
    "watcher": sorted((SERVICES / "watcher" / "sql").glob("*.sql")),
    "emote_counter": [CATALOGUE / "published.sql", *sorted((SERVICES / "emote_counter" / "sql").glob("*.sql"))],
    "discord_bot": [*sorted((SERVICES / "discord_bot" / "data" / "sql").glob("*.sql")), *DISCORD],
    "status": sorted((TOOLS / "status" / "sql").glob("*.sql")),
}
WHOLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class Nulls(dict[str, None]):
    """NULL for every parameter."""

    def __missing__(self, name: str) -> None:
        return None


@cache
def statements(role: str) -> tuple[str, ...]:
    """Return all statements of a role's files, with parameters as psycopg takes them."""
    return tuple(sql for file in FILES[role] for sql in _statements(file))


def _statements(file: Path) -> list[str]:
    """Return a file's statements; what is only a part of one is appended to the first."""
    queries: Any = aiosql.from_path(file, "psycopg")
    found = [getattr(queries, name).sql for name in re.findall(r"^-- name: (\w+)", file.read_text(), re.MULTILINE)]
    whole = [sql for sql in found if sql.lstrip(" \n(").startswith(WHOLE)]
    parts = [sql for sql in found if sql not in whole]
    return ["\n".join([whole[0], *parts]), *whole[1:]] + (whole[:1] if parts else [])


def check(connection: psycopg.Connection, sql: str) -> None:
    """Plan a statement and check its rights without running it. Raises psycopg.errors.InsufficientPrivilege."""
    psycopg.ClientCursor(connection).execute("EXPLAIN " + sql, Nulls())  # type: ignore[operator]


def names_of(role: str) -> set[str]:
    """Return every word in a role's statements."""
    return set(re.findall(r"\w+", " ".join(statements(role))))
