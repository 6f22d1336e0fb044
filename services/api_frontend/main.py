"""Starts the website and ends with it."""

import signal
import socket
from collections.abc import Callable

import structlog
import uvicorn
from fastapi import FastAPI

from api_frontend.application import Outside, build
from api_frontend.connection import Connection, close_stalled
from api_frontend.settings import ApiSettings, ConsentSettings, DiscordPageSettings, RedisSettings
from service_runtime import logs, measures, ports
from service_runtime.settings import LogSettings, PostgresSettings, load_all
from twitch_access.settings import TwitchSettings

GRACE_SECONDS = 3  # open pages reconnect by themselves
BACKLOG = 512  # connections that may wait for the one worker

log = structlog.get_logger()


def listen(address: str, port: int) -> socket.socket:
    """Open a listening socket; ends the process with a plain message if the port is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio turns Nagle's delay off only if the protocol is named; with the delay each answer takes 40 ms
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with ports.listening("API_PORT", address, port):
        close_stalled(opened)
        opened.bind((address, port))
        opened.listen(BACKLOG)
    return opened


def serve_metrics(settings: ApiSettings) -> None:
    """Open the port that Prometheus asks."""
    with ports.listening("API_METRICS_PORT", settings.metrics_bind_address, settings.metrics_port):
        measures.serve("api_frontend", settings.metrics_bind_address, settings.metrics_port)


def tell_how_it_serves(settings: ApiSettings) -> None:
    """Log where the site is, and by which names people may send it something."""
    log.info(
        "serving",
        address=settings.bind_address,
        port=settings.port,
        metrics_port=settings.metrics_port,
        domains=settings.site_domains,
    )
    if settings.trust_cloudflare and settings.domains() == ["localhost"]:
        log.warning("behind Cloudflare without a domain: what visitors send is refused; set SITE_DOMAINS")


def uvicorn_config(app: FastAPI) -> uvicorn.Config:
    """Return how uvicorn serves: we log, and trust no header of a proxy."""
    return uvicorn.Config(
        app,
        http=Connection,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def main(extend: Callable[[FastAPI], None] = lambda app: None) -> int:
    """Run until a stop signal; return 1 if something failed. `extend` may add to the app before it starts."""
    settings, redis, discord, consent, postgres, twitch, log_settings = load_all(
        ApiSettings, RedisSettings, DiscordPageSettings, ConsentSettings, PostgresSettings, TwitchSettings, LogSettings
    )
    logs.configure("api_frontend", log_settings.level)
    failed = False

    def end() -> None:
        nonlocal failed
        failed = True
        server.should_exit = True

    def stop() -> None:
        server.should_exit = True
        app.state.site.fanout.end()

    app = build(settings, postgres.conninfo(), Outside(redis, twitch, discord, consent), end)
    extend(app)
    server = uvicorn.Server(uvicorn_config(app))
    opened = listen(settings.bind_address, settings.port)
    serve_metrics(settings)
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal again once it has ended
        signal.signal(number, lambda *_: stop())
    tell_how_it_serves(settings)
    server.run(sockets=[opened])
    return 1 if failed or not server.started else 0
