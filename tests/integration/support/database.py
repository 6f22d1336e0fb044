"""Databases as `make demo` and machine A have them: owned and migrated by `owner`, open to each service as its role."""

import warnings

import psycopg
from psycopg.conninfo import make_conninfo

from embedded.paths import INFRASTRUCTURE
from embedded.servers.postgres import OWNER, Postgres
from recorder.migrate import grant_rights, migrate

MIGRATIONS = INFRASTRUCTURE / "postgres" / "migrations"
RIGHTS = INFRASTRUCTURE / "postgres" / "rights.sql"
WAIT_SECONDS = 10.0


def as_role(dsn: str, role: str) -> str:
    """Return the address for another role."""
    return make_conninfo(dsn, user=role)


def prepare(dsn: str) -> None:
    """Migrate as the owner and grant the rights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        migrate(dsn, MIGRATIONS, WAIT_SECONDS)
    grant_rights(dsn, RIGHTS)


def administer(server: Postgres, statement: str) -> None:
    """Execute a statement as the superuser, over the socket."""
    with psycopg.connect(server.socket_address("postgres"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # names are made by the tests


def create(server: Postgres, name: str, template: str = "template1") -> str:
    """Create a database of the owner's and return its address."""
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
    return server.dsn_of(name)
