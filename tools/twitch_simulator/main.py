"""Starts the simulated Twitch and ends it on SIGTERM or SIGINT."""

import asyncio
import signal
import socket
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, cast

import structlog
from pydantic_settings import SettingsConfigDict
from websockets.asyncio.server import Server

from service_runtime import logs
from service_runtime.settings import LogSettings, load_all
from twitch_simulator.delivery.speech import beat
from twitch_simulator.irc import irc_lines
from twitch_simulator.irc.irc_server import serve_tcp
from twitch_simulator.irc.irc_session import Doors
from twitch_simulator.irc.rooms import LINE_END
from twitch_simulator.irc.websocket import serve_websocket
from twitch_simulator.settings import RecordingSettings, SimulatorSettings
from twitch_simulator.twitch import Twitch, build
from twitch_simulator.web import web_application
from twitch_simulator.web_server import WebServer

log = structlog.get_logger()


class CommandLine(SimulatorSettings):
    """The settings with flags of the same names, which win over the environment."""

    model_config = SettingsConfigDict(cli_parse_args=True, cli_prog_name="python -m twitch_simulator")


async def ping(twitch: Twitch) -> None:
    """PING every socket now and then; one that did not answer the last two is closed."""
    interval = twitch.settings.ping_interval_seconds
    while True:
        await asyncio.sleep(interval)
        for connection in twitch.rooms.hearing():
            if connection.last_pong_at < twitch.clock.machine() - 2.5 * interval * 1000:
                twitch.rooms.drop(connection)
            else:
                connection.wire.send(irc_lines.PING + LINE_END)


@dataclass(frozen=True)
class Servers:
    """The listening sockets."""

    irc: asyncio.Server
    websocket: Server
    http: socket.socket

    def ports(self) -> dict[str, int]:
        """Where each of them listens."""
        listening = {"irc": self.irc.sockets[0], "websocket": next(iter(self.websocket.sockets)), "http": self.http}
        return {name: each.getsockname()[1] for name, each in listening.items()}

    def close(self) -> None:
        """Listen no more."""
        self.irc.close()
        self.websocket.close(close_connections=False)
        self.http.close()


async def listen(settings: SimulatorSettings, doors: Doors) -> Servers:
    """Open all ports. Raises OSError that names the port which is taken."""
    address = settings.bind_address
    return Servers(
        await serve_tcp(address, settings.irc_port, doors),
        await serve_websocket(address, settings.websocket_port, doors),
        socket.create_server((address, settings.http_port), backlog=256),
    )


def start_parts(twitch: Twitch, servers: Servers) -> list["asyncio.Task[object]"]:
    """The named tasks that make Twitch live; none of them ends by itself."""
    settings = twitch.settings
    web = WebServer(web_application(twitch))
    parts: dict[str, Coroutine[Any, Any, object]] = {
        "chat": beat(twitch.speech, twitch.delivery, twitch.rooms, twitch.clock.machine),
        "plays": twitch.stage.run(settings.seed, settings.plays_per_minute),
        "ping": ping(twitch),
        "http": web.serve([servers.http]),
    }
    if settings.notices_per_minute > 0:
        parts["events"] = twitch.events.happen_by_themselves(settings.notices_per_minute)
    return [asyncio.create_task(work, name=name) for name, work in parts.items()]


async def run(twitch: Twitch) -> int:
    """Serve until a signal or until a part fails; returns the exit code. Raises OSError where a port is taken."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    servers = await listen(twitch.settings, twitch.doors)
    twitch.ports = servers.ports()
    address = twitch.settings.bind_address
    twitch.public_url = twitch.settings.public_url.rstrip("/") or f"http://{address}:{twitch.ports['http']}"
    parts = start_parts(twitch, servers)
    stopped = asyncio.create_task(stop.wait())
    log.info("listening", address=address, **twitch.ports)
    await asyncio.wait([*parts, stopped], return_when=asyncio.FIRST_COMPLETED)
    failed = [part for part in parts if part.done()]
    for part in failed:
        log.error("part ended unasked", part=part.get_name(), why=repr(part.exception()))
    for part in parts:
        part.cancel()
    servers.close()
    for connection in list(twitch.rooms.connections.values()):
        twitch.rooms.drop(connection)
    return 1 if failed else 0


def main() -> int:
    """Run the simulator; returns the exit code."""
    log_settings, settings, recording = load_all(LogSettings, CommandLine, RecordingSettings)
    logs.configure("twitch_simulator", cast(LogSettings, log_settings).level)
    chat_data = cast(RecordingSettings, recording).chat_data
    try:
        twitch = build(cast(SimulatorSettings, settings), chat_data)
    except (OSError, ValueError) as error:
        log.error("cannot start", why=str(error))
        return 2
    try:
        return asyncio.run(run(twitch))
    except OSError as error:
        log.error("cannot listen", why=str(error))
        return 2
    finally:
        twitch.truth.close()
