"""A dump is put in the place of a database that is in use: configs/postgres/restore.sh on a real Postgres."""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from integration.support import database
from integration.support.database import as_role
from integration.support.emote_rows import KEKW, minute
from integration.support.recorder_writer import NOW, Writer, counts

from embedded.paths import CONFIGS
from embedded.servers.postgres import SUPERUSER, Postgres, binary
from emote_counts.minute_row import MinuteRow
from service_runtime.postgres import PostgresAwayError

NAME = "in_use"
DAY_MS = 86_400_000
TABLES = (
    "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
)


class Server:
    """The database, and the programs that the manual runs in its container."""

    def __init__(self, server: Postgres, directory: Path) -> None:
        self.dsn = database.create(server, NAME, "migrated")
        self.directory = directory
        self._variables = {
            **os.environ,
            "PATH": f"{Path(binary('psql')).parent}:{os.environ['PATH']}",
            "PGHOST": str(server.directory),
            "PGPORT": str(server.port),
            "POSTGRES_USER": SUPERUSER,
            "POSTGRES_DB": NAME,
        }

    def dump(self) -> Path:
        file = self.directory / "backup.dump"
        with file.open("wb") as output:
            command = ["pg_dump", "-U", "backup", "-Fc", NAME]
            subprocess.run(command, env=self._variables, stdout=output, check=True)
        return file

    def restore(self, file: Path) -> subprocess.CompletedProcess[str]:
        with file.open("rb") as dump:
            script = ["sh", str(CONFIGS / "postgres" / "restore.sh")]
            return subprocess.run(
                script, env=self._variables, stdin=dump, capture_output=True, text=True, check=False, timeout=60
            )

    def counts(self) -> dict[str, int]:
        with psycopg.connect(self.dsn) as connection:
            names = [name for (name,) in connection.execute(TABLES)]
            return {name: rows for name in names for (rows,) in connection.execute(f"SELECT count(*) FROM {name}")}  # type: ignore[call-overload]


@pytest.fixture
def server(postgres_server: Postgres, tmp_path: Path) -> Iterator[Server]:
    yield Server(postgres_server, tmp_path)
    for name in (NAME, "before_restore", "restored"):
        database.administer(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def fill(writer: Writer) -> None:
    """Write two days of minutes, in partitions of their own."""
    for day in (0, 1):
        at = NOW - day * DAY_MS
        writer.write("chat-counts", counts(at, [1] * 60))
        writer.write("emote-counts", minute(at, {KEKW: {0: 1}}))


def test_every_count_is_back_while_services_are_logged_in(server: Server) -> None:
    writer = Writer(server.dsn)
    fill(writer)
    before, dump = server.counts(), server.dump()
    assert before["chat_counts"] == before["emote_minutes"] == 2
    writer.write("chat-counts", counts(NOW + DAY_MS, [9] * 60))  # and a partition that the dump lacks
    assert server.counts() != before
    ended = threading.Event()
    reader = threading.Thread(target=read_until, args=(server.dsn, ended))
    reader.start()
    done = server.restore(dump)
    ended.set()
    reader.join()
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    after = server.counts()
    assert after.pop("restores") == before.pop("restores") + 1, "the Discord bot has to know"
    assert after == before
    assert server.restore(dump).returncode == 0, "once more"
    with psycopg.connect(as_role(server.dsn, "recorder")) as connection:  # its rights came with the dump
        assert connection.execute("SELECT count(*) FROM chat_counts").fetchone() == (2,)
    writer.store.close()


def read_until(dsn: str, ended: threading.Event) -> None:
    """Read as the site does, and come back whenever it was sent away."""
    while not ended.is_set():
        try:
            with psycopg.connect(as_role(dsn, "api_frontend"), autocommit=True) as connection:
                while not ended.is_set():
                    connection.execute("SELECT count(*) FROM chat_counts")
        except psycopg.Error:
            continue


def test_a_broken_dump_changes_nothing(server: Server) -> None:
    writer = Writer(server.dsn)
    fill(writer)
    dump = server.dump()
    whole = dump.read_bytes()
    before = server.counts()
    for broken in (b"", whole[: len(whole) // 2], b"no dump"):
        dump.write_bytes(broken)
        done = server.restore(dump)
        assert done.returncode == 1
        assert "nothing was changed" in done.stderr
        assert server.counts() == before
    writer.write("chat-counts", counts(NOW + 60_000, [1] * 60))  # the session was not ended
    writer.store.close()


def test_a_recorder_that_was_running_goes_on_in_the_restored_database(server: Server) -> None:
    """What it remembers of the database before, partitions and ids of emotes, is not true any more."""
    writer = Writer(server.dsn)
    writer.write("chat-counts", counts(NOW - DAY_MS, [1] * 60))
    dump = server.dump()
    writer.write("emote-counts", minute(NOW, {KEKW: {0: 1}}))
    writer.write("chat-counts", counts(NOW, [1] * 60))
    assert server.restore(dump).returncode == 0
    with psycopg.connect(server.dsn, autocommit=True) as another:  # takes the id that KEKW had
        another.execute("INSERT INTO emotes (provider, provider_id, name, used_on) VALUES ('7tv', '1', 'OTHER', now())")
    again: list[tuple[str, Any]] = [
        ("chat-counts", counts(NOW, [1] * 60)),
        ("emote-counts", minute(NOW, {KEKW: {0: 1}})),
    ]
    with pytest.raises(PostgresAwayError):
        writer.write(*again[0])
    for topic, message in again:
        writer.write(topic, message)
    with psycopg.connect(server.dsn) as connection:
        assert connection.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM chat_counts").fetchone() == (2,)
        (packed,) = connection.execute("SELECT packed FROM emote_minutes").fetchone() or (b"",)
        names = dict(connection.execute("SELECT emote_id, name FROM emotes").fetchall())
    assert [names[emote_id] for emote_id, _ in MinuteRow(packed)] == ["KEKW"]
    writer.store.close()
