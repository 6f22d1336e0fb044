"""The connection against a real Postgres: it reopens after an error and keeps its deadlines."""

import time

import psycopg
import pytest

from service_runtime.postgres import Database, PostgresAwayError, cut_after, with_deadlines


@pytest.fixture
def database(postgres: str) -> Database:
    return Database(with_deadlines(postgres, "tester", connect_seconds=3, statement_seconds=0.5, silent_seconds=10))


def backend(database: Database) -> int:
    with database as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
    assert row is not None
    return int(row[0])


def test_one_connection_serves_until_it_breaks(database: Database, postgres: str):
    first = backend(database)
    assert backend(database) == first
    with psycopg.connect(postgres, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (first,))
    with pytest.raises(PostgresAwayError):
        backend(database)
    assert backend(database) != first
    database.close()


def test_a_wrong_statement_is_not_away(database: Database):
    with pytest.raises(psycopg.errors.UndefinedTable), database as connection:
        connection.execute("SELECT 1 FROM nowhere")
    assert backend(database)
    database.close()


def test_a_statement_past_its_deadline_is_away(database: Database):
    began = time.monotonic()
    with pytest.raises(PostgresAwayError, match="statement timeout"), database as connection:
        connection.execute("SELECT pg_sleep(20)")
    assert time.monotonic() - began < 5


def test_a_server_that_keeps_no_deadline_is_cut_off(postgres: str):
    database = Database(with_deadlines(postgres, "tester", connect_seconds=3, statement_seconds=60.0))
    began = time.monotonic()
    with pytest.raises(PostgresAwayError), database as connection, cut_after(connection, 0.5):
        connection.execute("SELECT pg_sleep(20)")
    assert time.monotonic() - began < 5


def test_times_are_in_utc(database: Database):
    with database as connection:
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
    database.close()
