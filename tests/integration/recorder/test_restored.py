"""A database that a backup took back, under a recorder that runs: it reads again what the database lacks."""

import signal
from collections.abc import Callable

import psycopg
import pytest
from integration.support.database import administer, prepare
from integration.support.recorder_process import (
    DEADLINE,
    Recorder,
    count_of,
    fresh_moments,
    query,
    send,
    wait_for_group,
)

from embedded.processes.waiting import wait_for
from embedded.servers.postgres import Postgres

GROUP_OFFSET = "SELECT sum(next_offset) FROM recorder_positions WHERE topic = 'moments'"


def closed(server: Postgres, name: str) -> None:
    """Let nobody in any more, and end who is."""
    administer(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    administer(server, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def copied(server: Postgres, name: str, copy: str) -> None:
    """Copy a database that somebody uses."""
    closed(server, name)
    administer(server, f"CREATE DATABASE {copy} TEMPLATE {name} OWNER owner")
    administer(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def swapped(server: Postgres, name: str, by: str) -> None:
    """Put another database into the place of one that somebody uses, as restore.sh does it."""
    closed(server, name)
    administer(server, f"ALTER DATABASE {name} RENAME TO {name}_gone")
    administer(server, f"ALTER DATABASE {by} RENAME TO {name}")


@pytest.fixture
def name(postgres: str) -> str:
    """The name of the test's database."""
    return str(psycopg.conninfo.conninfo_to_dict(postgres)["dbname"])


@pytest.mark.parametrize("is_away", [True, False], ids=["recorder stopped", "recorder running"])
def test_what_the_backup_lacks_is_read_again(
    start: Callable[..., Recorder], producer, postgres, postgres_server: Postgres, name: str, is_away: bool
) -> None:
    recorder = start(RECORDER_INSPECT_CHAT="false")
    wait_for_group(recorder, producer, postgres)
    channel, moments = fresh_moments(3000)
    send(producer, "moments", *moments[:1000])
    wait_for("the first rows", lambda: count_of(postgres, "moments", channel) == 1000, DEADLINE)
    copied(postgres_server, name, f"{name}_backup")
    send(producer, "moments", *moments[1000:2000])
    wait_for("what the backup lacks", lambda: count_of(postgres, "moments", channel) == 2000, DEADLINE)
    if is_away:
        assert recorder.end(signal.SIGTERM) == 0
    swapped(postgres_server, name, f"{name}_backup")
    assert count_of(postgres, "moments", channel) <= 1000 or not is_away
    send(producer, "moments", *moments[2000:])
    if is_away:
        recorder.start()
    wait_for("every row", lambda: count_of(postgres, "moments", channel) == 3000, DEADLINE)
    assert recorder.process.poll() is None
    assert "the database lacks records" in recorder.log.read_text()
    administer(postgres_server, f"DROP DATABASE {name}_gone WITH (FORCE)")


def test_a_new_database_gets_all_that_kafka_has(
    start: Callable[..., Recorder], producer, postgres, postgres_server: Postgres, name: str
) -> None:
    recorder = start(RECORDER_INSPECT_CHAT="false")
    wait_for_group(recorder, producer, postgres)
    channel, moments = fresh_moments(500)
    send(producer, "moments", *moments)
    wait_for("the rows", lambda: count_of(postgres, "moments", channel) == 500, DEADLINE)
    administer(postgres_server, f"CREATE DATABASE {name}_new TEMPLATE migrated OWNER owner")
    swapped(postgres_server, name, f"{name}_new")
    wait_for("the rows again", lambda: count_of(postgres, "moments", channel) == 500, DEADLINE)
    administer(postgres_server, f"DROP DATABASE {name}_gone WITH (FORCE)")


def test_a_database_from_before_goes_on_where_the_group_is(start: Callable[..., Recorder], producer, postgres) -> None:
    recorder = start(RECORDER_INSPECT_CHAT="false")
    wait_for_group(recorder, producer, postgres)
    channel, moments = fresh_moments(100)
    send(producer, "moments", *moments)
    wait_for("the rows", lambda: count_of(postgres, "moments", channel) == 100, DEADLINE)
    assert recorder.end(signal.SIGTERM) == 0
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DELETE FROM recorder_positions")
        connection.execute("INSERT INTO recorder_positions VALUES ('*', 0, 0)")
        connection.execute("DELETE FROM moments WHERE channel_id = %s", (channel,))
    recorder.start()
    wait_for_group(recorder, producer, postgres)
    assert count_of(postgres, "moments", channel) == 0
    assert query(postgres, GROUP_OFFSET) != [(None,)]


def test_the_migration_marks_a_database_that_was_in_use(postgres, tmp_path) -> None:
    """A row of the recorder's heartbeat is there before positions are kept."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP TABLE recorder_positions, restores, backups")
        connection.execute("DROP FUNCTION count_voices_of_new CASCADE")
        connection.execute("DELETE FROM _yoyo_migration WHERE migration_id = '0021.backups'")
        connection.execute("INSERT INTO pipeline_progress VALUES ('recorder', now(), now())")
    prepare(postgres)
    assert query(postgres, "SELECT topic FROM recorder_positions") == [("*",)]
