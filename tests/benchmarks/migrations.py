"""How long migrations hold up who reads and who writes, on a million moments: `python migrations.py [MOMENTS]`.

The database begins with the first version that has moments and goes through every migration since, while one client
reads lists and another writes moments and clips, as the versions before do.
"""

import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiosql
import msgspec
import psycopg
from _result import write_result
from moments_million import CHANNELS, CHUNK, TEMPLATES, evidence

from embedded.paths import INFRASTRUCTURE
from embedded.processes.ports import free_ports
from embedded.servers.postgres import Postgres
from recorder.migrate import migrate

SQL = Path(__file__).parent / "sql"
MIGRATIONS = INFRASTRUCTURE / "postgres" / "migrations"
NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))
FIRST = 4  # the migration before which there is nothing to hold
MOMENTS = 1_000_000
READER_SECONDS, WRITER_SECONDS = 1.0, 5.0  # longest hold
PAUSE_SECONDS = 0.02  # between two statements of a client
WAIT_SECONDS = 10.0


@dataclass
class Client:
    """Repeats its statements, and notes when each began and how long it took."""

    dsn: str
    do: Callable[[psycopg.Connection, random.Random], None]
    taken: list[tuple[float, float]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def run(self, ended: threading.Event) -> None:
        """Go on until the event."""
        dice = random.Random(1)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not ended.wait(PAUSE_SECONDS):
                began = time.monotonic()
                try:
                    self.do(connection, dice)
                except psycopg.Error as error:
                    self.failed.append(str(error).strip())
                self.taken.append((began, time.monotonic() - began))

    def longest(self, since: float, until: float) -> float:
        """Return the longest statement that was under way in between, in seconds."""
        under_way = [seconds for began, seconds in self.taken if began < until and began + seconds > since]
        return round(max(under_way, default=0.0), 2)


def fill(dsn: str, moments: int) -> None:
    """Add moments, clips and streams as the first version wrote them."""
    queries: Any = aiosql.from_path(SQL / "migrations.sql", "psycopg")
    shared: Any = aiosql.from_path(SQL / "moments_million.sql", "psycopg")
    dice = random.Random(1)
    pieces = [
        {"template_id": number, "evidence": msgspec.json.encode(evidence(dice)).decode()} for number in range(TEMPLATES)
    ]
    with psycopg.connect(dsn, autocommit=True, options="-c synchronous_commit=off") as connection:
        shared.make_templates(connection)
        shared.add_evidence(connection, pieces)
        queries.fill_streams(connection)
        for first in range(1, moments + 1, CHUNK):
            last = min(moments, first + CHUNK - 1)
            queries.fill_moments(connection, first=first, last=last, channels=CHANNELS, templates=TEMPLATES)
        queries.fill_clips(connection)
        connection.execute("VACUUM (ANALYZE) moments, clips")


def clients(dsn: str, moments: int) -> tuple[Client, Client]:
    """Return a reader and a writer."""
    queries: Any = aiosql.from_path(SQL / "migrations.sql", "psycopg")

    def read(connection: psycopg.Connection, dice: random.Random) -> None:
        list(queries.read(connection, moment_ids=[f"m{dice.randrange(moments) + 1}" for _ in range(20)]))

    def write(connection: psycopg.Connection, dice: random.Random) -> None:
        name = f"m{dice.randrange(moments) + 1}" if dice.random() < 0.8 else f"new-{dice.random()}"
        queries.write_moment(connection, moment_id=name)
        queries.write_clip(connection, moment_id=name)

    return Client(dsn, read), Client(dsn, write)


def migrate_each(dsn: str, folder: Path) -> dict[str, tuple[float, float]]:
    """Apply the migrations one after the other; return when each began and ended."""
    times = {}
    for number, name in enumerate(NAMES, 1):
        (folder / f"{name}.sql").symlink_to(MIGRATIONS / f"{name}.sql")
        if number > FIRST:
            began = time.monotonic()
            migrate(dsn, folder, WAIT_SECONDS)
            times[name] = (began, time.monotonic())
    return times


def first_version(dsn: str, folder: Path) -> None:
    """Apply the migrations up to the first."""
    for name in NAMES[:FIRST]:
        (folder / f"{name}.sql").symlink_to(MIGRATIONS / f"{name}.sql")
    migrate(dsn, folder, WAIT_SECONDS)
    for name in NAMES[:FIRST]:
        (folder / f"{name}.sql").unlink()


def measure(dsn: str, folder: Path, moments: int) -> dict[str, Any]:
    """Run all migrations under way of a reader and a writer, and return what each held up."""
    first_version(dsn, folder)
    fill(dsn, moments)
    reader, writer = clients(dsn, moments)
    ended = threading.Event()
    threads = [threading.Thread(target=each.run, args=(ended,)) for each in (reader, writer)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    try:
        times = migrate_each(dsn, folder)
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    each = {
        name: {
            "seconds": round(until - since, 1),
            "reader_held_seconds": reader.longest(since, until),
            "writer_held_seconds": writer.longest(since, until),
        }
        for name, (since, until) in times.items()
    }
    return {
        "moments": moments,
        "reader_held_seconds": max(found["reader_held_seconds"] for found in each.values()),
        "writer_held_seconds": max(found["writer_held_seconds"] for found in each.values()),
        "statements_failed": sorted(set(reader.failed + writer.failed)),
        "migrations": each,
    }


def main() -> int:
    """Measure and write the result; 1 if somebody was held too long."""
    moments = int(sys.argv[1]) if len(sys.argv) > 1 else MOMENTS
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        folder.chmod(0o755)
        (folder / "migrations").mkdir()
        with Postgres(folder / "postgres", *free_ports(1)) as server:
            figures = measure(server.dsn, folder / "migrations", moments)
    write_result("migrations", figures)
    held = figures["reader_held_seconds"] > READER_SECONDS or figures["writer_held_seconds"] > WRITER_SECONDS
    return int(held or bool(figures["statements_failed"]))


if __name__ == "__main__":
    raise SystemExit(main())
