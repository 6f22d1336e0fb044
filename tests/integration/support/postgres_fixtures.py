"""A Postgres for all tests of a run that only use it, with a migrated database for each of them."""

from collections.abc import Iterator
from itertools import count

import pytest
from integration.support import database

from embedded.processes.ports import free_ports
from embedded.servers.postgres import Postgres

TEMPLATE = "migrated"
UNSYNCED = ("fsync", "full_page_writes")  # what they guard against is a power cut; databases come and go all the time
database_numbers = count(1)


class UnsyncedPostgres(Postgres):
    """Survives its own end, but no power cut."""

    def command(self) -> list[str]:
        return [*super().command(), *(word for name in UNSYNCED for word in ("-c", f"{name}=off"))]


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A Postgres with a migrated template database. Do not stop it: start one of your own for that."""
    (port,) = free_ports(1)
    with UnsyncedPostgres(tmp_path_factory.mktemp("postgres") / "postgres", port) as server:
        database.prepare(database.create(server, TEMPLATE))
        yield server


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[str]:
    """The owner's address of a fresh migrated database for one test; `as_role` makes it a service's."""
    yield from _database(postgres_server)


@pytest.fixture(scope="module")
def postgres_of_module(postgres_server: Postgres) -> Iterator[str]:
    """The address of a fresh migrated database for one test file."""
    yield from _database(postgres_server)


def _database(server: Postgres) -> Iterator[str]:
    name = f"test_{next(database_numbers)}"
    yield database.create(server, name, TEMPLATE)
    database.administer(server, f"DROP DATABASE {name} WITH (FORCE)")
