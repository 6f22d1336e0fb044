"""The first steps that a service with a database has in common."""

import sys

from service_runtime import measures
from service_runtime.settings import PostgresSettings


def open_ports(service: str, postgres: PostgresSettings, address: str, metrics_port: int) -> str:
    """Serve /metrics and return the connection string of Postgres.

    Where the port is taken or the password cannot be read, says so and ends the process with 1.
    """
    try:
        conninfo = postgres.conninfo()
        measures.serve(address, metrics_port)
    except OSError as error:
        sys.stderr.write(f"{service}: cannot start (metrics on {address}:{metrics_port}): {error}\n")
        raise SystemExit(1) from error
    return conninfo
