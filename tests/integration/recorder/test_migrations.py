"""Migrations against a real Postgres: repeated, two at once, after a crash, without Postgres."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from embedded.paths import INFRASTRUCTURE
from embedded.processes.ports import free_ports
from embedded.servers.postgres import Postgres
from recorder.migrate import LOCK_KEY, MigrationError, migrate

MIGRATIONS = INFRASTRUCTURE / "postgres" / "migrations"
NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))


@pytest.fixture
def empty(postgres_server: Postgres) -> str:
    """The address of an empty database."""
    with psycopg.connect(postgres_server.dsn_of("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS unmigrated WITH (FORCE)")
        connection.execute("CREATE DATABASE unmigrated")
    return postgres_server.dsn_of("unmigrated")


def start(dsn: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "recorder.migrate"],
        env=os.environ | {"POSTGRES_DSN": dsn} | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_files_are_numbered_without_a_hole():
    assert [int(name.split(".")[0]) for name in NAMES] == list(range(1, len(NAMES) + 1))


def test_every_migration_is_applied_once(empty):
    assert migrate(empty, MIGRATIONS, 5) == NAMES
    assert migrate(empty, MIGRATIONS, 5) == []


def test_rows_of_the_version_before_are_taken_along_and_its_recorder_goes_on(empty, tmp_path: Path):
    for name in NAMES[:4]:
        (tmp_path / f"{name}.sql").symlink_to(MIGRATIONS / f"{name}.sql")
    migrate(empty, tmp_path, 5)
    insert = """INSERT INTO moments (moment_id, revision_number, channel_id, detector_name, detector_version,
                    crossed_at, peak_at, score, times_usual, cause, evidence)
                VALUES (%s, 3, '1', 'burst', 1, now(), now(), 9, 9, %s, '{}')"""
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(insert, ("caused", "raid"))
        connection.execute(insert, ("without", None))
        migrate(empty, MIGRATIONS, 5)
        connection.execute(insert, ("later", None))
        found = connection.execute("SELECT moment_id, causes, shadow FROM moments ORDER BY moment_id").fetchall()
    assert found == [("caused", ["raid"], False), ("later", [], False), ("without", [], False)]


def test_three_at_once_apply_each_migration_once(empty):
    processes = [start(empty) for _ in range(3)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    lines = "".join(out for out, _ in outputs).splitlines()
    assert sorted(line for line in lines if line.startswith("applied")) == [f"applied {name}" for name in NAMES]
    assert lines.count("the schema is up to date") == 2


def test_a_holder_that_dies_leaves_no_lock(empty):
    with psycopg.connect(empty, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (LOCK_KEY,))
        waiting = start(empty)
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.communicate(timeout=2)
    out, error = waiting.communicate(timeout=60)
    assert waiting.returncode == 0, error
    assert "applied" in out


def test_a_broken_migration_is_rolled_back_and_named(empty, tmp_path: Path):
    (tmp_path / "0001.good.sql").write_text("CREATE TABLE good (id integer);")
    (tmp_path / "0002.bad.sql").write_text("-- depends: 0001.good\nCREATE TABLE half (id integer);\nSELECT nonsense;")
    with pytest.raises(MigrationError, match=r"0002\.bad"):
        migrate(empty, tmp_path, 5)
    with psycopg.connect(empty) as connection:
        found = connection.execute("SELECT to_regclass('good'), to_regclass('half')").fetchone()
    assert found == ("good", None)


def test_a_folder_without_migrations_is_an_error(empty, tmp_path: Path):
    process = start(empty, RECORDER_MIGRATIONS_DIRECTORY=str(tmp_path))
    _, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "RECORDER_MIGRATIONS_DIRECTORY" in error


def test_without_postgres_it_says_so_and_fails():
    (port,) = free_ports(1)
    process = start(f"postgresql://postgres@127.0.0.1:{port}/x", RECORDER_MIGRATIONS_WAIT_SECONDS="0.5")
    _, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "Postgres did not answer within 0.5 s" in error


def test_a_missing_setting_is_named():
    environment = {name: value for name, value in os.environ.items() if name != "POSTGRES_DSN"}
    process = subprocess.run(
        [sys.executable, "-m", "recorder.migrate"], env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode == 2
    assert "POSTGRES_DSN" in process.stderr
