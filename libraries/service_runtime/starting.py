"""The first steps of a service with a database."""

from service_runtime import measures, ports
from service_runtime.settings import PostgresSettings


def open_ports(service: str, postgres: PostgresSettings, address: str, metrics_port: int) -> str:
    """Serve /metrics and return the connection string of Postgres.

    Ends the process with 1 and a plain message if the password cannot be read or the port is taken.
    """
    try:
        conninfo = postgres.conninfo()
    except OSError as error:
        raise SystemExit(f"POSTGRES_PASSWORD_FILE: {error}") from error
    with ports.listening(f"{service.upper()}_METRICS_PORT", address, metrics_port):
        measures.serve(service, address, metrics_port)
    return conninfo
