"""Migrations of a database that others read and write at the same time."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from integration.support.database import MIGRATIONS, administer, create

from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres
from recorder.migrate import migrate

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))
MOMENTS = 20_000  # twenty batches
FIRST, BEST = 4, 10  # the migration before which moments are empty; the one that grades them
READER_SECONDS = 1.0
LOCKED_SECONDS = 3.0
FILL = """
    INSERT INTO moments (moment_id, revision_number, channel_id, detector_name, detector_version, crossed_at, peak_at,
        score, times_usual, cause, evidence)
    SELECT 'm' || number, 3, '1', 'burst', 1, now(), now(), 9, 9, CASE WHEN number %% 7 = 0 THEN 'raid' END, '{}'
    FROM generate_series(1, %s) AS number
"""
UNFINISHED = """
    SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisvalid OR relname LIKE '%_next'
"""


@pytest.fixture
def dsn(postgres_server: Postgres) -> Iterator[str]:
    """The address of an empty database."""
    yield create(postgres_server, "in_use_here")
    administer(postgres_server, "DROP DATABASE in_use_here WITH (FORCE)")


@contextmanager
def running(do: Callable[[], object]) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=do)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(60)


def link(folder: Path, *numbers: int) -> Path:
    """Put migrations into a folder."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{NAMES[number - 1]}.sql").symlink_to(MIGRATIONS / f"{NAMES[number - 1]}.sql")
    return folder


def test_a_migration_that_waits_for_a_table_holds_nobody_up(dsn: str, tmp_path: Path) -> None:
    (tmp_path / "0001.change.sql").write_text("ALTER TABLE used ADD COLUMN other integer;")
    applied: list[str] = []
    patient = "-c statement_timeout=10s"  # a reader that is held up for good ends the test
    with psycopg.connect(dsn) as long, psycopg.connect(dsn, autocommit=True, options=patient) as reader:
        reader.execute("CREATE TABLE used (id integer)")
        long.execute("SELECT * FROM used")  # and stays in its transaction
        with running(lambda: applied.extend(migrate(dsn, tmp_path, 5))):
            until, longest = time.monotonic() + LOCKED_SECONDS, 0.0
            while time.monotonic() < until:
                began = time.monotonic()
                reader.execute("SELECT * FROM used")
                longest = max(longest, time.monotonic() - began)
            assert applied == []
            long.commit()
    assert applied == ["0001.change"]
    assert longest < READER_SECONDS


def test_one_that_was_killed_half_way_goes_through_the_second_time(dsn: str, tmp_path: Path) -> None:
    migrate(dsn, link(tmp_path, *range(1, FIRST + 1)), 5)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(FILL, (MOMENTS,))
        migrate(dsn, link(tmp_path, *range(FIRST + 1, BEST)), 5)
        assert connection.execute("SELECT count(*) FROM moments WHERE causes = '{raid}'").fetchone() == (MOMENTS // 7,)
    link(tmp_path, BEST)
    settings = {"POSTGRES_DSN": dsn, "RECORDER_MIGRATIONS_DIRECTORY": str(tmp_path)}
    migrating = subprocess.Popen([sys.executable, "-m", "recorder.migrate"], env=os.environ | settings)
    with psycopg.connect(dsn, autocommit=True) as other:
        wait_for("some are graded", lambda: graded(other), 30, 0.01)
        migrating.kill()
        other.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'migrate'")
        assert graded(other) < MOMENTS
    migrating.wait()
    assert migrate(dsn, tmp_path, 5) == [NAMES[BEST - 1]]
    assert migrate(dsn, MIGRATIONS, 5) == NAMES[BEST:]
    with psycopg.connect(dsn) as connection:
        assert graded(connection) == MOMENTS
        assert connection.execute(UNFINISHED).fetchall() == []


def graded(connection: psycopg.Connection) -> int:
    """How many have a grade; none before there are any."""
    count = "SELECT count(*) FROM moments AS m WHERE (to_jsonb(m) ->> 'grade')::integer > 0"
    return int((connection.execute(count).fetchone() or (0,))[0])
