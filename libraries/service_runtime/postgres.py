"""Connections to Postgres that give up in time, and the one error that says so."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType

import psycopg
from psycopg.conninfo import make_conninfo

AWAY = (psycopg.OperationalError, psycopg.InterfaceError, OSError)  # what psycopg raises while Postgres is away


class PostgresAwayError(RuntimeError):
    """Postgres cannot be reached or does not answer in time; try again later."""


def with_deadlines(
    conninfo: str,
    name: str,
    *,
    connect_seconds: int,
    statement_seconds: float,
    silent_seconds: int | None = None,
    **session: str,
) -> str:
    """Return `conninfo` with the client's `name`, its deadlines and the times in UTC; never log it.

    A peer that acknowledges nothing for `silent_seconds` ends the connection. `session`: more settings of Postgres.
    """
    session = {"timezone": "UTC", "statement_timeout": f"{statement_seconds * 1000:.0f}ms"} | session
    keep_alive = (
        {
            "keepalives_idle": max(1, silent_seconds // 2),
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": silent_seconds * 1000,  # ms
        }
        if silent_seconds
        else {}
    )
    return make_conninfo(
        conninfo,
        application_name=name,
        connect_timeout=connect_seconds,
        options=" ".join(f"-c {setting}={value}" for setting, value in session.items()),
        **keep_alive,
    )


def away(error: BaseException) -> PostgresAwayError:
    """Return the error to raise from one of `AWAY`."""
    return PostgresAwayError(str(error).strip() or type(error).__name__)


class Database:
    """One connection in autocommit mode, opened on demand and again after an error.

    As a context manager it hands out the connection and turns a broken one into PostgresAwayError.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = psycopg.connect(self._conninfo, autocommit=True)
            except AWAY as error:
                raise away(error) from error
        return self._connection

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.close()
        if isinstance(error, AWAY):
            raise away(error) from error

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def cut_after(connection: psycopg.Connection, seconds: float) -> Iterator[None]:
    """Cut the connection's socket after `seconds`: a server that hangs does not keep the deadline it was given."""

    def cut() -> None:
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)

    with socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as held:
        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
