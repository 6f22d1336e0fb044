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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.moments_million import CHANNELS, DAYS, fill
from integration.support.api_frontend_process import Rows, SiteProcess, own_postgres

from api_frontend.data.cursor import Cursor
from api_frontend.data.database import Database
from api_frontend.data.filters import Filter
from api_frontend.data.moments import Channel, Moments
from api_frontend.views.newest import PAGE_SIZE

RESULT = Path(__file__).parent / "results" / "list_query.json"
FLOOR_MS, GOAL_MS = 5.0, 2.0  # p95 of the list query
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
    """Percentiles of these times."""
    cuts = statistics.quantiles(seconds, n=100)
    p50, p95, p99 = (round(cuts[at - 1] * 1000, 3) for at in (50, 95, 99))
    return Times(p50, p95, p99, len(seconds))


def random_place(dice: random.Random) -> datetime:
    """A time in the year that the moments are spread over."""
    return datetime.now(UTC) - timedelta(days=dice.uniform(0, DAYS))


def random_channel(dice: random.Random) -> Channel:
    """Any channel, the rare ones too."""
    return Channel(str(10_000_000 + dice.randint(1, CHANNELS)), None, "")


def between(dice: random.Random, clips_only: bool = False) -> Filter:
    """A window of an hour to thirty days."""
    begin = random_place(dice)
    return Filter(from_at=begin, until_at=begin + timedelta(hours=dice.choice([1, 24, 720])), clips_only=clips_only)


def cases(moments: Moments) -> dict[str, Ask]:
    """What is asked, by name."""
    most = PAGE_SIZE + 1
    return {
        "newest": lambda dice: moments.places(Filter(), None, most),
        "deep in the list": lambda dice: moments.places(Filter(after=Cursor(random_place(dice), "5")), None, most),
        "one channel": lambda dice: moments.places(Filter(), random_channel(dice), most),
        "a time": lambda dice: moments.places(between(dice), None, most),
        "one channel and a time": lambda dice: moments.places(between(dice), random_channel(dice), most),
        "clips only": lambda dice: moments.places(Filter(clips_only=True), None, most),
        "clips only, one channel": lambda dice: moments.places(Filter(clips_only=True), random_channel(dice), most),
        "clips only, a time": lambda dice: moments.places(between(dice, clips_only=True), None, most),
        "a mood": lambda dice: moments.places(Filter(mood="awe"), None, most),
        "a cause": lambda dice: moments.places(Filter(cause="gifts"), None, most),
        "one channel, a mood and a cause": lambda dice: moments.places(
            Filter(mood="awe", cause="raid"), random_channel(dice), most
        ),
        "a mood, clips only": lambda dice: moments.places(Filter(mood="awe", clips_only=True), None, most),
        "page of 24 with evidence, newest": lambda dice: moments.page(Filter(), None, PAGE_SIZE),
        "page of 24 with evidence, one channel": lambda dice: moments.page(Filter(), random_channel(dice), PAGE_SIZE),
        "page of 24 with evidence, a time": lambda dice: moments.page(between(dice), None, PAGE_SIZE),
    }


async def timed(ask: Ask) -> Times:
    """Ask again and again with random arguments, one question at a time."""
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
    """Every case on one database."""
    database = Database(dsn)
    await database.open()
    try:
        return {name: await timed(ask) for name, ask in cases(Moments(database)).items()}
    finally:
        await database.close()


def time_pages(dsn: str, folder: Path) -> tuple[Times, float]:
    """The list page over HTTP (ms), and the website's memory afterwards (MB, PSS)."""
    with SiteProcess(dsn, folder) as site, httpx.Client(base_url=site.url) as http:
        seconds = []
        for _ in range(PAGE_ROUNDS):
            begun = time.perf_counter()
            http.get("/").raise_for_status()
            seconds.append(time.perf_counter() - begun)
        return summary(seconds), round(psutil.Process(site.process.pid).memory_full_info().pss / 1e6, 1)


def machine() -> dict[str, object]:
    """What these figures were measured on."""
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
    """Fill, ask, write the result; 1 where the floor is missed."""
    stored = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name, own_postgres(Path(name)) as server:
        Path(name).chmod(0o755)
        fill(server.dsn, stored)
        rows = Rows(server.dsn)
        rows.progress()
        rows.close()
        found = asyncio.run(time_queries(server.dsn))
        page, memory = time_pages(server.dsn, Path(name))
    worst = max(times.p95_ms for case, times in found.items() if not case.startswith("page"))
    result = {
        "what": f"list queries with {stored:,} moments stored, milliseconds",
        "floor_p95_ms": FLOOR_MS,
        "goal_p95_ms": GOAL_MS,
        "worst_p95_ms": worst,
        "queries": {case: asdict(times) for case, times in found.items()},
        "list_page_over_http": asdict(page),
        "website_pss_mb": memory,
        "machine": machine(),
        "measured_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    text = json.dumps(result, indent=2) + "\n"
    RESULT.write_text(text)
    sys.stdout.write(text)
    return 0 if worst <= FLOOR_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
