"""Times the queries of the pages of channels: `python channel_pages.py [MOMENTS] [MINUTES]`.

3,000 watched channels with a stream a day, and MINUTES of counts of each.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosql
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._result import write_result
from benchmarks.list_query import Times, summary
from benchmarks.moments_million import fill
from integration.support.api_frontend_process import Rows, own_postgres
from integration.support.database import as_role

from api_frontend.data.channels import Channels
from api_frontend.data.chat_lines import ChatLines
from api_frontend.data.database import Database
from api_frontend.views.channel import BEST, STREAMS
from api_frontend.views.channels import PAGE_SIZE

SQL_FILE = Path(__file__).parent / "sql" / "channel_pages.sql"
CHANNELS, STREAM_DAYS = 3000, 40
WARM_UP, ROUNDS = 30, 400
FLOOR_P95_MS = 5.0  # of each query of a channel's page
LIST_FLOOR_P95_MS = 250.0  # of what the list reads, once in ten seconds for all visitors
Ask = Callable[[random.Random], Awaitable[object]]


def seed(dsn: str, moments: int, minutes: int) -> None:
    """Fill the tables."""
    fill(dsn, moments)
    queries = aiosql.from_path(SQL_FILE, "psycopg")
    with psycopg.connect(dsn, autocommit=True, options="-c synchronous_commit=off") as connection:
        for days in range(minutes // 1440 + 2):
            day = (datetime.now(UTC) - timedelta(days=days)).date()
            connection.execute("SELECT make_chat_counts_partition(%s)", (day,))
        queries.fill_watched(connection, channels=CHANNELS)
        queries.fill_streams(connection, channels=CHANNELS, streams=STREAM_DAYS)
        queries.fill_coverage(connection, channels=CHANNELS)
        queries.fill_counts(connection, channels=CHANNELS, minutes=minutes)
        queries.fill_grades(connection)
        connection.execute("VACUUM (ANALYZE) moments, streams, coverage, chat_counts, watched_channels")
    rows = Rows(dsn)
    rows.progress()
    rows.close()


def place(dice: random.Random) -> int:
    """Draw a channel as visitors do: big ones more often."""
    return round(CHANNELS ** dice.random())


def channel_id(dice: random.Random) -> str:
    """Draw a channel's id."""
    return str(10_000_000 + place(dice))


def page_cases(database: Database) -> dict[str, Ask]:
    """Return what a channel's page asks; each time anew, as if nobody had looked at the channel before."""
    return {
        "channel by login": lambda dice: Channels(database).named(f"channel_{place(dice)}"),
        "channel by id": lambda dice: Channels(database).named(channel_id(dice)),
        "no channel": lambda dice: Channels(database).named(f"nobody_{place(dice)}"),
        "a page of streams": lambda dice: Channels(database).streams(channel_id(dice), None, STREAMS + 1),
        "best moments": lambda dice: Channels(database).best(channel_id(dice), BEST),
        "hours of the week": lambda dice: Channels(database).eruption_hours(channel_id(dice)),
        "the last hour": lambda dice: ChatLines(database).of(channel_id(dice)),
    }


def list_cases(database: Database) -> dict[str, Ask]:
    """Return what the list asks when nothing is kept."""

    def some(dice: random.Random) -> list[str]:
        return [str(10_000_000 + each) for each in dice.sample(range(1, CHANNELS + 1), PAGE_SIZE)]

    return {
        "all watched channels": lambda _: Channels(database).watched(),
        f"small lines of {PAGE_SIZE} channels": lambda dice: ChatLines(database).sparks(some(dice)),
    }


async def timed(ask: Ask, rounds: int) -> Times:
    """Time a question with random arguments, one at a time."""
    dice, seconds = random.Random(1), []
    for _ in range(WARM_UP):
        await ask(dice)
    for _ in range(rounds):
        begun = time.perf_counter()
        await ask(dice)
        seconds.append(time.perf_counter() - begun)
    return summary(seconds)


async def time_all(dsn: str) -> tuple[dict[str, Times], dict[str, Times]]:
    """Time every case on one database."""
    database = Database(dsn)
    await database.open()
    try:
        page = {name: await timed(ask, ROUNDS) for name, ask in page_cases(database).items()}
        return page, {name: await timed(ask, ROUNDS // 4) for name, ask in list_cases(database).items()}
    finally:
        await database.close()


def main() -> int:
    """Fill, measure, write the result; return 1 if a floor is missed."""
    moments = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    minutes = int(sys.argv[2]) if len(sys.argv) > 2 else 120
    with tempfile.TemporaryDirectory() as name, own_postgres(Path(name)) as server:
        Path(name).chmod(0o755)
        seed(server.dsn, moments, minutes)
        page, board = asyncio.run(time_all(as_role(server.dsn, "api_frontend")))
    worst = max(times.p95_ms for times in page.values())
    worst_of_list = max(times.p95_ms for times in board.values())
    figures = {
        "moments": moments,
        "channels": CHANNELS,
        "minutes_of_counts": CHANNELS * minutes,
        "floor_p95_ms": FLOOR_P95_MS,
        "worst_p95_ms": worst,
        "list_floor_p95_ms": LIST_FLOOR_P95_MS,
        "list_worst_p95_ms": worst_of_list,
        "a_channels_page": {name: asdict(times) for name, times in page.items()},
        "the_list": {name: asdict(times) for name, times in board.items()},
    }
    write_result("channel_pages", figures)
    return 0 if worst <= FLOOR_P95_MS and worst_of_list <= LIST_FLOOR_P95_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
