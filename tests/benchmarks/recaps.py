"""Times recaps at a million moments: `python recaps.py [MOMENTS] [STREAMS]`.

One channel has STREAMS streams (1,000) of 24 h that are rolled up, and a live one that is not. And what a roll-up
costs Postgres, which shares a small machine with the site.
"""

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import aiosql
import psutil
import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "libraries"))  # a bench here is called like one
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._result import write_result
from benchmarks.list_query import Times, summary
from benchmarks.moments_million import fill
from integration.support.api_frontend_process import own_postgres
from integration.support.database import as_role
from integration.support.night import NightRows

from api_frontend.data.channels import Channels
from api_frontend.data.database import Database
from api_frontend.data.recaps.recaps import Recaps
from api_frontend.data.sitemap import Sitemap
from api_frontend.data.stored_moment import Channel
from api_frontend.pictures.night import Night, night_picture
from api_frontend.text.recap.night_curve import draw_night
from api_frontend.views.channel import STREAMS as PAGE
from moment_detection.hidden_words import HiddenWords

SQL_FILE = Path(__file__).parent / "sql" / "recaps.sql"
CHANNEL = "10000001"  # of the million, the one with most moments
WARM_UP, ROUNDS = 20, 300
DAY_MINUTES = 1440
FLOOR_P95_MS = 25.0  # of each question; a page asks one of them
FLOOR_PICTURE_MS = 400.0
FLOOR_ROLL_UP_CPU_MS = 250.0  # Postgres's share of rolling up 24 h at once
NOBODY = HiddenWords()


def seed(dsn: str, moments: int, streams: int) -> NightRows:
    """Fill the tables; return what writes the live stream."""
    fill(dsn, moments)
    queries = aiosql.from_path(SQL_FILE, "psycopg")
    with psycopg.connect(dsn, autocommit=True, options="-c synchronous_commit=off") as connection:
        queries.fill_streams(connection, channel_id=CHANNEL, streams=streams, minutes=DAY_MINUTES)
        queries.fill_recaps(connection, channel_id=CHANNEL, minutes=DAY_MINUTES)
        queries.fill_around(connection, channel_id=CHANNEL)
        live = NightRows(dsn, timedelta(0), DAY_MINUTES, CHANNEL)
        live.begin("live", is_live=True)
        live.chat()
        live.progress()
        connection.execute(
            "VACUUM (ANALYZE) streams, stream_recaps, stream_changes, stream_viewers, chat_counts, notices"
        )
    return live


def recap_cases(database: Database, streams: int) -> dict[str, Callable[[random.Random], Awaitable[object]]]:
    """Return what the pages ask, each time anew."""
    recaps, channels = Recaps(database, NOBODY), Channels(database)
    return {
        "a recap of 24 h": lambda dice: recaps.of(CHANNEL, f"s{dice.randrange(1, streams + 1)}"),
        "a live recap of 24 h": lambda _: recaps.of(CHANNEL, "live"),
        "no such stream": lambda dice: recaps.of(CHANNEL, f"x{dice.random()}"),
        "a page of streams": lambda _: channels.streams(CHANNEL, None, PAGE + 1),
        "the sitemap": lambda _: Sitemap(database).places(),
    }


async def timed(ask: Callable[[random.Random], Awaitable[object]], rounds: int) -> Times:
    """Time a question with random arguments, one at a time."""
    dice, seconds = random.Random(1), []
    for number in range(WARM_UP + rounds):
        begun = time.perf_counter()
        await ask(dice)
        if number >= WARM_UP:
            seconds.append(time.perf_counter() - begun)
    return summary(seconds)


async def time_all(dsn: str, streams: int) -> dict[str, Times]:
    """Time every case on one database, and drawing."""
    database = Database(dsn)
    await database.open()
    try:
        cases = recap_cases(database, streams)
        found = {
            name: await timed(ask, ROUNDS // 10 if name == "the sitemap" else ROUNDS) for name, ask in cases.items()
        }
        recap = await Recaps(database, NOBODY).of(CHANNEL, "s1")
        assert recap is not None
        night = Night(Channel(CHANNEL, "channel_1", "Channel"), recap, [])

        async def draw(_: random.Random) -> object:
            return draw_night(recap)

        async def picture(_: random.Random) -> object:
            return night_picture(night)

        return found | {"drawing the curve": await timed(draw, 100), "drawing the picture": await timed(picture, 30)}
    finally:
        await database.close()


def postmaster_of(dsn: str) -> int:
    """Return the process that all of Postgres's others are children of."""
    with psycopg.connect(dsn) as connection:
        return int(psutil.Process(connection.info.backend_pid).ppid())


def postgres_cpu(pid: int) -> float:
    """Return the CPU seconds of Postgres so far."""
    server = psutil.Process(pid)
    times = [each.cpu_times() for each in (server, *server.children(recursive=True))]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def rolled_up(live: NightRows, pid: int) -> dict[str, float]:
    """Roll up a live stream of 24 h at once, then half an hour more; return CPU and time."""
    figures = {}
    for name, until in (("24 h at once", DAY_MINUTES - 40), ("half an hour more", DAY_MINUTES - 5)):
        live.run("UPDATE pipeline_progress SET event_at = %s WHERE stage = 'job'", live.at(until))
        cpu, begun = postgres_cpu(pid), time.perf_counter()
        done = live.roll_up()
        figures[name] = {
            "streams": done,
            "seconds": round(time.perf_counter() - begun, 3),
            "postgres_cpu_ms": round(1000 * (postgres_cpu(pid) - cpu), 1),
        }
    return figures


def sizes(dsn: str) -> dict[str, float]:
    """Return what a stream takes on the disk, in bytes."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT pg_total_relation_size('stream_recaps')::float / greatest(1, (SELECT count(*) FROM stream_recaps))"
        ).fetchone()
    assert row
    return {"bytes_a_stream_of_24_h": round(row[0])}


def main() -> int:
    """Fill, measure, write the result; return 1 if a floor is missed."""
    moments = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    streams = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory() as name, own_postgres(Path(name)) as server:
        Path(name).chmod(0o755)
        live = seed(server.dsn, moments, streams)
        pid = postmaster_of(server.dsn)
        before = asyncio.run(time_all(as_role(server.dsn, "api_frontend"), streams))
        roll_up = rolled_up(live, pid)
        after = asyncio.run(time_all(as_role(server.dsn, "api_frontend"), streams))["a live recap of 24 h"]
        live.close()
        size = sizes(server.dsn)
    asked = {name: times for name, times in before.items() if not name.startswith(("drawing", "a live", "the sitemap"))}
    worst = max(times.p95_ms for times in [*asked.values(), after])
    cpu = max(each["postgres_cpu_ms"] for each in roll_up.values())  # type: ignore[index]
    figures = {
        "moments": moments,
        "streams_of_the_channel": streams,
        "floor_p95_ms": FLOOR_P95_MS,
        "worst_p95_ms": worst,
        "picture_floor_p95_ms": FLOOR_PICTURE_MS,
        "roll_up_floor_cpu_ms": FLOOR_ROLL_UP_CPU_MS,
        "asked": {name: asdict(times) for name, times in before.items()},
        "a live recap of 24 h, rolled up": asdict(after),
        "roll_up": roll_up,
        **size,
    }
    write_result("recaps", figures)
    picture = before["drawing the picture"].p95_ms
    return 0 if worst <= FLOOR_P95_MS and picture <= FLOOR_PICTURE_MS and cpu <= FLOOR_ROLL_UP_CPU_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
