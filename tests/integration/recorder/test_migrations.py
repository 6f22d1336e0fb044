"""Migrations against a real Postgres: repeated, two at once, after a crash, without Postgres."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from integration.support.database import MIGRATIONS, administer, create, prepare
from integration.support.recorder_writer import NOW, Writer, example
from msgspec.structs import replace

from contracts import codec
from embedded.processes.ports import free_ports
from embedded.servers.postgres import Postgres
from recorder.migrate import LOCK_KEY, MigrationError, migrate

DOCUMENTS = 8  # the migration that adds the documents
BEST = 10  # the migration that grades moments and tells their streams
NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql"))


@pytest.fixture
def empty(postgres_server: Postgres) -> str:
    """The address of an empty database."""
    administer(postgres_server, "DROP DATABASE IF EXISTS unmigrated WITH (FORCE)")
    return create(postgres_server, "unmigrated")


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


UPDATE_COLUMNS = """
    UPDATE moments SET detector_name = %(detector_name)s, detector_version = %(detector_version)s,
        score = %(score)s, times_usual = %(times_usual)s, causes = %(causes)s, mood = %(mood)s,
        mood_share = %(mood_share)s, biggest_in_seconds = %(biggest_in_seconds)s, stream_id = %(stream_id)s,
        no_clip_reason = %(no_clip_reason)s, clip_from_at = to_timestamp(%(clip_from_at)s / 1000.0),
        clip_until_at = to_timestamp(%(clip_until_at)s / 1000.0), closed_at = to_timestamp(%(closed_at)s / 1000.0),
        stream_started_at = to_timestamp(%(stream_started_at)s / 1000.0)
    WHERE moment_id = 'all'
"""
INSERT_COLUMNS = """
    INSERT INTO moments (moment_id, revision_number, channel_id, detector_name, detector_version, crossed_at, peak_at,
        score, times_usual, evidence)
    VALUES (%s, 3, '1', 'burst', 1, to_timestamp(%s / 1000.0), to_timestamp(%s / 1000.0), 9.5, 9, %s)
"""


def migrate_before(dsn: str, folder: Path, number: int) -> None:
    """Apply the migrations before this one."""
    for name in NAMES[: number - 1]:
        (folder / f"{name}.sql").symlink_to(MIGRATIONS / f"{name}.sql")
    migrate(dsn, folder, 5)


def test_causes_of_old_rows_are_kept(empty, tmp_path: Path):
    migrate_before(empty, tmp_path, 5)
    with psycopg.connect(empty, autocommit=True) as connection:
        for moment_id, cause in (("caused", "raid"), ("without", None)):
            connection.execute(INSERT_COLUMNS, (moment_id, NOW, NOW, "{}"))
            connection.execute("UPDATE moments SET cause = %s WHERE moment_id = %s", (cause, moment_id))
        migrate(empty, MIGRATIONS, 5)
        found = connection.execute("SELECT moment_id, causes, shadow FROM moments ORDER BY moment_id").fetchall()
    assert found == [("caused", ["raid"], False), ("without", [], False)]


def test_rows_without_a_document_are_read_from_columns(empty, tmp_path: Path):
    """Rows of the version before the documents, written before and after the migration."""
    migrate_before(empty, tmp_path, DOCUMENTS)
    expected = example("moments", "closed")
    evidence = codec.encode(expected.evidence).decode()
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(INSERT_COLUMNS, ("few", NOW, NOW + 1500, evidence))
        assert f"{DOCUMENTS:04d}.documents" in migrate(empty, MIGRATIONS, 5)
        connection.execute(INSERT_COLUMNS, ("all", expected.crossed_at, expected.peak_at, evidence))
        connection.execute(UPDATE_COLUMNS, {name: getattr(expected, name) for name in expected.__struct_fields__})
        read = "SELECT moment_id, moment_document(m)::text FROM moments m"
        found = {moment_id: codec.decode("moments", document) for moment_id, document in connection.execute(read)}
    assert found["all"] == replace(expected, moment_id="all", channel_id="1")
    few = found["few"]
    assert (few.crossed_at, few.peak_at, few.score, few.revision) == (NOW, NOW + 1500, 9.5, "closed")
    assert (few.causes, few.mood, few.shadow, few.evidence) == ([], None, False, expected.evidence)


INSERT_STREAM = """
    INSERT INTO streams (stream_id, channel_id, started_at, title, game_name, language, updated_at)
    VALUES ('s1', '1', now(), 'No deaths, run-3!', 'Elden Ring', 'de', now())
"""
INSERT_CHANNEL = (
    "INSERT INTO channels (channel_id, login, display_name, updated_at) VALUES ('1', 'luna', 'Luna', now())"
)


def test_old_moments_are_graded_and_know_their_streams(empty, tmp_path: Path):
    """One of a stream that is known and one of none; what is written is the same as for new ones."""
    migrate_before(empty, tmp_path, BEST)
    evidence = codec.encode(example("moments", "closed").evidence).decode()
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(INSERT_CHANNEL)
        connection.execute(INSERT_STREAM)
        for moment_id in ("with", "without"):
            connection.execute(INSERT_COLUMNS, (moment_id, NOW, NOW, evidence))
        connection.execute("UPDATE moments SET stream_id = 's1' WHERE moment_id = 'with'")
        migrate(empty, MIGRATIONS, 5)
        read = "SELECT title, game_name, language, grade, tsvector_to_array(search) FROM moments ORDER BY moment_id"
        known, unknown = connection.execute(read).fetchall()
    assert known[:3] == ("No deaths, run-3!", "Elden Ring", "de")
    assert unknown[:3] == ("", "", "")
    assert known[3] == unknown[3] > 0
    assert set(known[4]) == {"luna", "no", "deaths", "run", "3", "elden", "ring"}
    assert set(unknown[4]) == {"luna"}


def test_the_version_before_can_read_rows_with_a_document(empty):
    prepare(empty)
    writer = Writer(empty)
    writer.write("moments", example("moments", "closed"))
    writer.store.close()
    needed = "detector_name, detector_version, peak_at, score, times_usual, evidence"
    with psycopg.connect(empty) as connection:
        (row,) = connection.execute(f"SELECT {needed} FROM moments").fetchall()  # type: ignore[call-overload]
    assert None not in row


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
