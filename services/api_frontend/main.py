"""Starts the website and ends with it."""

import signal
import socket
import sys

import structlog
import uvicorn

from api_frontend.application import build
from api_frontend.settings import ApiSettings, RedisSettings
from service_runtime import logs, measures
from service_runtime.settings import LogSettings, PostgresSettings, load_all

GRACE_SECONDS = 3  # open pages reconnect by themselves
BACKLOG = 512  # connections that may wait for the one worker

log = structlog.get_logger()


class PortTakenError(Exception):
    """Another program uses the port: stop it, or set another port."""


def listen(address: str, port: int) -> socket.socket:
    """Open a listening socket; raises `PortTakenError` with what to do."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio turns Nagle's delay off only if the protocol is named; with the delay each answer takes 40 ms
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((address, port))
        opened.listen(BACKLOG)
    except OSError as error:
        raise PortTakenError(
            f"API_PORT {port} on {address}: {error.strerror}. Stop what uses it, or set API_PORT."
        ) from error
    return opened


def serve_metrics(settings: ApiSettings) -> None:
    """Serve /metrics on its own port; raises `PortTakenError`."""
    try:
        measures.serve(settings.metrics_bind_address, settings.metrics_port)
    except OSError as error:
        address = f"API_METRICS_PORT {settings.metrics_port} on {settings.metrics_bind_address}"
        raise PortTakenError(f"{address}: {error.strerror}. Stop what uses it, or set API_METRICS_PORT.") from error


def main() -> int:
    """Run until a stop signal; return 1 if something failed."""
    settings, redis, postgres, log_settings = load_all(ApiSettings, RedisSettings, PostgresSettings, LogSettings)
    logs.configure("api_frontend", log_settings.level)
    failed = False

    def end() -> None:
        nonlocal failed
        failed = True
        server.should_exit = True

    app = build(settings, postgres.conninfo(), redis.url, end)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(config)
    try:
        opened = listen(settings.bind_address, settings.port)
        serve_metrics(settings)
    except PortTakenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal again once it has ended
        signal.signal(number, lambda *_: setattr(server, "should_exit", True))
    log.info("serving", address=settings.bind_address, port=settings.port, metrics_port=settings.metrics_port)
    server.run(sockets=[opened])
    return 1 if failed or not server.started else 0
