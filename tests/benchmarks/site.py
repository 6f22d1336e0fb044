"""Times the list page against a bare page, and weighs the live line: `python site.py`."""

import asyncio
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._image import as_in_image
from benchmarks._result import write_result
from integration.support.api_frontend_process import DEADLINE, Rows, SiteProcess, own_postgres

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for

LIST = "/best?order=newest"
A_SECOND = timedelta(seconds=1)
ROUNDS = 3  # of each in turn, so that another program's load meets all alike; the median counts
SECONDS = 2.0
CONNECTIONS = 4
MOMENTS = 200
LIVE_PAGES = 2000
OPEN_FILES = 8192
REST_MB, LIVE_MB = 120.0, 150.0  # PSS
UNCACHED_SHARE, CACHED_SHARE = 1 / 6, 1 / 2  # of the bare page's requests per second
LIMITS = ("API_RATE_LIMIT", "API_PAGES_RATE_LIMIT", "API_EVENTS_RATE_LIMIT")
FREELY = dict.fromkeys(LIMITS, "10000000/second") | {"API_KEEP_SECONDS": "1"}
GZIP = {"Accept-Encoding": "gzip"}


async def asked(port: int, paths: Iterator[str], headers: dict[str, str], until: float) -> int:
    """Ask on one connection until the time is over; return how often it was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    answered = 0
    while time.perf_counter() < until:
        writer.write(f"GET {next(paths)} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert head.split()[1] in (b"200", b"304"), head
        if b"content-length: " in head:
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
        answered += 1
    writer.close()
    return answered


async def rate(port: int, paths: Iterator[str], headers: dict[str, str]) -> float:
    """Return the requests per second of some connections."""
    until = time.perf_counter() + SECONDS
    counts = await asyncio.gather(*(asked(port, paths, headers, until) for _ in range(CONNECTIONS)))
    return sum(counts) / SECONDS


def always(path: str) -> Iterator[str]:
    """Ask for the same again and again."""
    while True:
        yield path


def never_twice(path: str) -> Iterator[str]:
    """Ask for another list each time, which no memory knows, though its moments are the same."""
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    for number in count():
        yield f"{path}&from={begin + number * A_SECOND:%Y-%m-%dT%H:%M:%S}Z"


@contextmanager
def bare_site() -> Iterator[int]:
    """Run the bare page; give its port."""
    (port,) = free_ports(1)
    program = [sys.executable, str(Path(__file__).with_name("_bare_site.py")), str(port)]
    with subprocess.Popen(program) as process:
        try:
            wait_for("the bare page answers", lambda: answers(port), DEADLINE)
            yield port
        finally:
            process.terminate()


def answers(port: int) -> bool:
    """Return whether a site is there."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
    except httpx.TransportError:
        return False


def time_pages(port: int) -> dict[str, float]:
    """Return the requests per second of each way, the median of some rounds."""
    with bare_site() as bare:
        etag = httpx.get(f"http://127.0.0.1:{port}{LIST}", headers=GZIP).headers["etag"]
        ways = {
            "bare": (bare, always("/"), GZIP),
            "uncached": (port, never_twice(LIST), GZIP),
            "from_memory": (port, always(LIST), GZIP),
            "not_modified": (port, always(LIST), GZIP | {"If-None-Match": f'{etag}, "*", *'}),
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, (where, paths, headers) in ways.items():
                found[name].append(asyncio.run(rate(where, paths, headers)))
    return {name: round(statistics.median(rates), 1) for name, rates in found.items()}


async def weighed_with_pages(port: int, process: psutil.Process) -> float:
    """Open live pages of many clients, let some news pass, and return the memory (MB, PSS)."""
    writers = []
    for number in range(LIVE_PAGES):
        local = (f"127.0.{1 + number // 200}.{1 + number % 200}", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=local)
        writer.write(b"GET /events HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n")
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        writers.append(writer)
    await asyncio.sleep(6.0)  # the header's news has come at least once
    weight = pss(process)
    for writer in writers:
        writer.close()
    return weight


def pss(process: psutil.Process) -> float:
    """Return a process's proportional set size, MB."""
    return round(process.memory_full_info().pss / 1e6, 1)


def missed(figures: dict[str, float]) -> Sequence[str]:
    """Return what is owed and not held."""
    owed = {
        "uncached_share": figures["uncached_share"] >= UNCACHED_SHARE,
        "from_memory_share": figures["from_memory_share"] >= CACHED_SHARE,
        "not_modified_share": figures["not_modified_share"] >= CACHED_SHARE,
        "rest_pss_mb": figures["rest_pss_mb"] <= REST_MB,
        "live_pages_pss_mb": figures["live_pages_pss_mb"] <= LIVE_MB,
    }
    return [name for name, holds in owed.items() if not holds]


def fill(dsn: str) -> None:
    """Store moments, of which three of four have a clip with a picture."""
    rows = Rows(dsn)
    rows.channel("11", "lunaplays")
    rows.progress()
    for number in range(MOMENTS):
        rows.moment(f"m{number:03d}", 60 * number, revision=3)
        if number % 4:
            rows.clip(f"m{number:03d}", "made")
    rows.close()


def main() -> int:
    """Measure and write the result; return 1 if something that is owed does not hold."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    settings = FREELY | {"API_LIVE_PAGES": str(2 * LIVE_PAGES)}
    with tempfile.TemporaryDirectory() as name, own_postgres(Path(name)) as server:
        Path(name).chmod(0o755)
        settings |= as_in_image(Path(name) / "image")
        fill(server.dsn)
        with SiteProcess(server.dsn, Path(name), **settings) as site:
            process = psutil.Process(site.process.pid)
            for path in ("/", LIST, "/api/v1/moments", "/docs", "/moments/m001"):
                httpx.get(f"{site.url}{path}")
            figures: dict[str, float] = {"rest_pss_mb": pss(process)}
            figures["live_pages_pss_mb"] = asyncio.run(weighed_with_pages(site.port, process))
        with SiteProcess(server.dsn, Path(name), **settings) as site:
            rates = time_pages(site.port)
    figures |= {f"{name}_requests_per_second": found for name, found in rates.items()}
    figures |= {f"{name}_share": round(found / rates["bare"], 3) for name, found in rates.items() if name != "bare"}
    failed = missed(figures)
    write_result("site", {"list": LIST, "connections": CONNECTIONS, "live_pages": LIVE_PAGES, **figures})
    if failed:
        sys.stderr.write(f"missed: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
