"""Runs the simulated Twitch until SIGTERM or SIGINT."""

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
from twitch_simulator.delivery.chat_schedule import send_chat
from twitch_simulator.irc import irc_lines
from twitch_simulator.irc.irc_server import serve_tcp
from twitch_simulator.irc.irc_session import SessionContext
from twitch_simulator.irc.rooms import LINE_END
from twitch_simulator.irc.websocket import serve_websocket
from twitch_simulator.settings import RecordingSettings, SimulatorSettings
from twitch_simulator.twitch import Twitch, build
from twitch_simulator.web import web_application
from twitch_simulator.web_server import WebServer

log = structlog.get_logger()


class CommandLine(SimulatorSettings):
    """The settings as flags of the same names, which override the environment."""

    model_config = SettingsConfigDict(cli_parse_args=True, cli_prog_name="python -m twitch_simulator")


async def ping(twitch: Twitch) -> None:
    """Send PING to every socket at the set interval; close those that did not answer the last two."""
    interval = twitch.settings.ping_interval_seconds
    while True:
        await asyncio.sleep(interval)
        for connection in twitch.rooms.receivers():
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
        """Return the port of each."""
        listening = {"irc": self.irc.sockets[0], "websocket": next(iter(self.websocket.sockets)), "http": self.http}
        return {name: each.getsockname()[1] for name, each in listening.items()}

    def close(self) -> None:
        """Stop listening."""
        self.irc.close()
        self.websocket.close(close_connections=False)
        self.http.close()


async def listen(settings: SimulatorSettings, context: SessionContext) -> Servers:
    """Open all ports. Raises OSError naming the port that is in use."""
    address = settings.bind_address
    return Servers(
        await serve_tcp(address, settings.irc_port, context),
        await serve_websocket(address, settings.websocket_port, context),
        socket.create_server((address, settings.http_port), backlog=256),
    )


def start_tasks(twitch: Twitch, servers: Servers) -> list["asyncio.Task[object]"]:
    """Start the tasks of the simulation; none of them ends by itself."""
    settings = twitch.settings
    web = WebServer(web_application(twitch))
    works: dict[str, Coroutine[Any, Any, object]] = {
        "chat": send_chat(twitch.chat_schedule, twitch.delivery, twitch.rooms, twitch.clock.machine),
        "plays": twitch.play_runner.run(settings.seed, settings.plays_per_minute),
        "viewers' clips": twitch.clipping.run(),
        "ping": ping(twitch),
        "http": web.serve([servers.http]),
    }
    if settings.stream_changes_per_minute > 0:
        works["stream changes"] = twitch.stream_changes.run()
    if settings.notices_per_minute > 0:
        works["events"] = twitch.events.emit_randomly(settings.notices_per_minute)
    return [asyncio.create_task(work, name=name) for name, work in works.items()]


async def run(twitch: Twitch) -> int:
    """Serve until a signal or a task's failure; return the exit code. Raises OSError if a port is in use."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    servers = await listen(twitch.settings, twitch.session_context)
    twitch.set_ports(servers.ports())
    tasks = start_tasks(twitch, servers)
    stopped = asyncio.create_task(stop.wait())
    log.info("listening", address=twitch.settings.bind_address, **twitch.ports)
    await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in tasks if task.done()]
    for task in failed:
        log.error("task failed", task=task.get_name(), reason=repr(task.exception()))
    for task in tasks:
        task.cancel()
    servers.close()
    for connection in list(twitch.rooms.connections.values()):
        twitch.rooms.drop(connection)
    return 1 if failed else 0


def main() -> int:
    """Run the simulator; return the exit code."""
    log_settings, settings, recording = load_all(LogSettings, CommandLine, RecordingSettings)
    logs.configure("twitch_simulator", cast(LogSettings, log_settings).level)
    chat_data = cast(RecordingSettings, recording).chat_data
    try:
        twitch = build(cast(SimulatorSettings, settings), chat_data)
    except (OSError, ValueError) as error:
        log.error("simulator cannot start", reason=str(error))
        return 2
    try:
        return asyncio.run(run(twitch))
    except OSError as error:
        log.error("simulator cannot listen", reason=str(error))
        return 2
    finally:
        twitch.truth.close()
