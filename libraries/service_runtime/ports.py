"""Which TCP ports can be listened on, and one plain message where one cannot; the ports a service opens first."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from service_runtime import measures
from service_runtime.settings import PostgresSettings


@contextmanager
def listening(setting: str, address: str, port: int) -> Iterator[None]:
    """End the process with 1 and the name of the port's `setting` if the block cannot listen there."""
    try:
        yield
    except OSError as error:
        raise SystemExit(
            f"{setting}: cannot listen on {address}:{port}: {error.strerror or error}. "
            f"Stop what uses it, or set {setting}."
        ) from error


def why_not_free(address: str, port: int) -> str | None:
    """Return why nothing can listen on the port now, None if it is free. Sockets in TIME_WAIT do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def open_ports(service: str, postgres: PostgresSettings, address: str, metrics_port: int) -> str:
    """Serve /metrics and return the connection string of Postgres.

    Ends the process with 1 and a plain message if the password cannot be read or the port is taken.
    """
    try:
        conninfo = postgres.conninfo()
    except OSError as error:
        raise SystemExit(f"POSTGRES_PASSWORD_FILE: {error}") from error
    with listening(f"{service.upper()}_METRICS_PORT", address, metrics_port):
        measures.serve(service, address, metrics_port)
    return conninfo
