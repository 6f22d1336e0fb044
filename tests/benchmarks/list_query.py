"""Times the list's queries with a million moments stored: `python list_query.py [MOMENTS]`."""

import asyncio
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.moments_million import CHANNELS, DAYS, fill
from integration.support.api_frontend_process import Rows, SiteProcess, own_postgres
from integration.support.database import as_role

from api_frontend.data.database import Database
from api_frontend.data.lists.cursor import Cursor
from api_frontend.data.lists.filters import Filter
from api_frontend.data.moments import Moments
from api_frontend.views.best import MOST_OF_CHANNEL, PAGE_SIZE

RESULT = Path(__file__).parent / "results" / "list_query.json"
FLOOR_MS, GOAL_MS = 5.0, 2.0  # p95 of the list query
SEARCH_FLOOR_MS = 20.0  # p95 of a search
WARM_UP = 100  # questions; psycopg prepares a statement after five of them, Postgres settles on a plan after five more
ROUNDS = 1000  # questions a case
PAGE_ROUNDS = 200  # whole pages over HTTP
Ask = Callable[[random.Random], Awaitable[object]]


@dataclass(frozen=True)
class Times:
    """Milliseconds of one case."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    rounds: int


def summary(seconds: list[float]) -> Times:
    """Return the percentiles of these times."""
    cuts = statistics.quantiles(seconds, n=100)
    p50, p95, p99 = (round(cuts[at - 1] * 1000, 3) for at in (50, 95, 99))
    return Times(p50, p95, p99, len(seconds))


def random_place(dice: random.Random) -> datetime:
    """Draw a time in the year that the moments are spread over."""
    return datetime.now(UTC) - timedelta(days=dice.uniform(0, DAYS))


def random_channel(dice: random.Random) -> dict[str, str]:
    """Draw any channel, the rare ones too, as a filter's fields."""
    place = dice.randint(1, CHANNELS)
    return {"channel": f"channel_{place}", "channel_id": str(10_000_000 + place)}


def random_time(dice: random.Random) -> dict[str, datetime]:
    """Draw a window of an hour to thirty days, as a filter's fields."""
    begin = random_place(dice)
    return {"from_at": begin, "until_at": begin + timedelta(hours=dice.choice([1, 24, 720]))}


def filters() -> dict[str, Callable[[random.Random], Filter]]:
    """Return the filters to ask for, by name."""
    return {
        "newest": lambda dice: Filter(),
        "deep in the list": lambda dice: Filter(after=Cursor(random_place(dice), "5")),
        "one channel": lambda dice: Filter(**random_channel(dice)),
        "a time": lambda dice: Filter(**random_time(dice)),
        "one channel and a time": lambda dice: Filter(**random_time(dice), **random_channel(dice)),
        "clips only": lambda dice: Filter(clips_only=True),
        "clips only, one channel": lambda dice: Filter(clips_only=True, **random_channel(dice)),
        "clips only, a time": lambda dice: Filter(clips_only=True, **random_time(dice)),
        "a mood": lambda dice: Filter(mood="awe"),
        "a cause": lambda dice: Filter(cause="gifts"),
        "one channel, a mood and a cause": lambda dice: Filter(mood="awe", cause="raid", **random_channel(dice)),
        "a mood, clips only": lambda dice: Filter(mood="awe", clips_only=True),
        "a mood and a cause": lambda dice: Filter(mood="awe", cause="gifts"),
        "everything at once": lambda dice: Filter(
            mood="awe", cause="raid", clips_only=True, **random_time(dice), **random_channel(dice)
        ),
    }


def rarely(dice: random.Random) -> str:
    """Draw a game: most are rare."""
    return f"game {dice.randint(1, 1000)}"


def best_filters() -> dict[str, Callable[[random.Random], Filter]]:
    """Return the best of every period, narrowed in every way."""
    week, all_time = Filter(order="best", period="week"), Filter(order="best", period="all")
    return {
        "best of the hour": lambda dice: Filter(order="best", period="hour"),
        "best of today": lambda dice: Filter(order="best", period="today"),
        "best of the week": lambda dice: week,
        "best of all time": lambda dice: all_time,
        "best of any time": lambda dice: Filter(order="best", **random_time(dice)),
        "best, deep": lambda dice: replace(all_time, after=Cursor(random_place(dice), "5", dice.randint(0, 31))),
        "best of a channel": lambda dice: replace(all_time, **random_channel(dice)),
        "best of a game": lambda dice: replace(all_time, game=rarely(dice)),
        "best of a game in a time": lambda dice: Filter(order="best", game=rarely(dice), **random_time(dice)),
        "best in a language": lambda dice: replace(week, language=dice.choice(["en", "fi", "xx"])),
        "best of a mood": lambda dice: replace(week, mood="awe"),
        "best of a cause": lambda dice: replace(week, cause="gifts"),
        "best, rare, with a clip": lambda dice: replace(week, rarity="week", clips_only=True),
        "best, everything at once": lambda dice: Filter(
            order="best", mood="awe", cause="raid", language="en", rarity="day", clips_only=True, **random_time(dice)
        ),
        "newest of a game": lambda dice: Filter(game=rarely(dice)),
        "newest in a language": lambda dice: Filter(language=dice.choice(["en", "fi", "xx"])),
        "newest, biggest in a week": lambda dice: Filter(rarity="week"),
        "newest, a game and a mood": lambda dice: Filter(game=rarely(dice), mood="awe"),
    }


def searches() -> dict[str, Callable[[random.Random], Filter]]:
    """Return searches for words that are everywhere, frequent, rare, and nowhere."""
    words = {
        "everywhere": lambda dice: dice.choice(["game", "channel", "word"]),
        "frequent": lambda dice: dice.choice(["diamond", "deaths run", "first t"]),
        "one in 365": lambda dice: f"day {dice.randint(1, 364)}",
        "rare": lambda dice: f"word{dice.randint(1, 19999)}",
        "a channel": lambda dice: f"channel_{dice.randint(1, CHANNELS)}",
        "two together": lambda dice: f"diamond channel {dice.randint(1, CHANNELS)}",
        "nowhere": lambda dice: f"nowhere{dice.randint(1, 999)}",
    }
    return {
        f"search, {order}: {name}": lambda dice, made=made, order=order: Filter(search=made(dice), order=order)
        for name, made in words.items()
        for order in ("newest", "best")
    }


def cases(moments: Moments) -> dict[str, Ask]:
    """Return every filter's positions, and whole pages of some."""
    found: dict[str, Ask] = {}
    for name, made in (filters() | best_filters() | searches()).items():
        found[name] = lambda dice, made=made: moments.places(made(dice), PAGE_SIZE + 1)
        if name in ("newest", "one channel", "a time"):
            found[f"page of 24 with evidence, {name}"] = lambda dice, made=made: moments.page(made(dice), PAGE_SIZE)
        if name.startswith("best of"):
            found[f"page of 24 with evidence, {name}"] = lambda dice, made=made: moments.varied_page(
                made(dice), PAGE_SIZE, MOST_OF_CHANNEL
            )
            found[f"count, {name}"] = lambda dice, made=made: moments.count(made(dice))
    return found


async def timed(ask: Ask) -> Times:
    """Time a query again and again with random arguments, one at a time."""
    dice = random.Random(1)
    for _ in range(WARM_UP):
        await ask(dice)
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await ask(dice)
        seconds.append(time.perf_counter() - begun)
    return summary(seconds)


async def time_queries(dsn: str) -> dict[str, Times]:
    """Time every case on one database."""
    database = Database(dsn)
    await database.open()
    try:
        return {name: await timed(ask) for name, ask in cases(Moments(database)).items()}
    finally:
        await database.close()


def time_pages(dsn: str, folder: Path) -> tuple[Times, float]:
    """Time the list page over HTTP (ms), and measure the website's memory afterwards (MB, PSS)."""
    with SiteProcess(dsn, folder) as site, httpx.Client(base_url=site.url) as http:
        seconds = []
        for _ in range(PAGE_ROUNDS):
            begun = time.perf_counter()
            http.get("/best").raise_for_status()
            seconds.append(time.perf_counter() - begun)
        return summary(seconds), round(psutil.Process(site.process.pid).memory_full_info().pss / 1e6, 1)


def machine() -> dict[str, object]:
    """Describe what these figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
    memory = round(psutil.virtual_memory().total / 2**30, 1)
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": memory,
        "load_1_min": round(os.getloadavg()[0], 2),
        "nice": os.nice(0),
    }


def main() -> int:
    """Fill, measure, write the result; return 1 if the floor is missed."""
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name, own_postgres(Path(name)) as server:
        Path(name).chmod(0o755)
        fill(server.dsn, stored)
        rows = Rows(server.dsn)
        rows.progress()
        rows.close()
        found = asyncio.run(time_queries(as_role(server.dsn, "api_frontend")))
        page, memory = time_pages(server.dsn, Path(name))
    worst = max(times.p95_ms for case, times in found.items() if not case.startswith(("page", "count", "search")))
    worst_search = max(times.p95_ms for case, times in found.items() if case.startswith("search"))
    result = {
        "what": f"list queries with {stored:,} moments stored, milliseconds",
        "floor_p95_ms": FLOOR_MS,
        "goal_p95_ms": GOAL_MS,
        "worst_p95_ms": worst,
        "search_floor_p95_ms": SEARCH_FLOOR_MS,
        "worst_search_p95_ms": worst_search,
        "queries": {case: asdict(times) for case, times in found.items()},
        "list_page_over_http": asdict(page),
        "website_pss_mb": memory,
        "machine": machine(),
        "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    text = json.dumps(result, indent=2) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)
    return 0 if worst <= FLOOR_MS and worst_search <= SEARCH_FLOOR_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
