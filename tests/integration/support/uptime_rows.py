"""Ninety days as the watcher notes them: outages, a day that nobody watched, and planned work."""

import time

import psycopg

MINUTE, HOUR, DAY = 60, 3600, 86_400
Row = tuple[str, str, float, float]  # part, state, and from when until when (seconds ago)
PARTS = ("website", "chat", "moments", "clips", "discord")
BEGAN_DAYS = 80
UNWATCHED = (40 * DAY + 20 * HOUR, 39 * DAY)
DOWN: list[Row] = [
    ("website", "down", 12 * DAY, 12 * DAY - 9 * MINUTE),
    ("website", "down", 3 * DAY, 3 * DAY - 40),
    ("chat", "down", 55 * DAY, 55 * DAY - 4 * MINUTE),
    *((part, "down", 21 * DAY, 20 * DAY) for part in ("moments", "clips")),
    *((part, "down", 60 * DAY, 57 * DAY) for part in ("moments", "clips")),
    ("clips", "down", 2 * HOUR, 0),
    ("discord", "down", 30 * DAY, 30 * DAY - 2 * HOUR),
]
WORK: list[Row] = [
    ("work", "planned", 12 * DAY + 60, 12 * DAY - 4 * MINUTE),
    ("work", "planned", 26 * DAY, 26 * DAY - 90),
    ("work", "planned", 5 * DAY, 5 * DAY - 70),
]


def example_rows() -> list[Row]:
    """All parts up but for what is above; what is down is noted as up as well, which must not count."""
    up: list[Row] = []
    for part in PARTS:
        up += [(part, "up", BEGAN_DAYS * DAY, UNWATCHED[0]), (part, "up", UNWATCHED[1], 20)]
    return up + DOWN + WORK


def fill_uptime(dsn: str, rows: list[Row] | None = None) -> None:
    """Store the notes, in place of all that are there."""
    now = time.time()
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE uptime")
        cursor.executemany(
            "INSERT INTO uptime VALUES (%s, %s, to_timestamp(%s), to_timestamp(%s))",
            [(part, state, now - begin, now - end) for part, state, begin, end in rows or example_rows()],
        )
