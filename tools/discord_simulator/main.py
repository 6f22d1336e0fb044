"""Runs the simulated Discord until SIGTERM or SIGINT."""

import asyncio
import signal
import socket
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, cast

import structlog
from pydantic_settings import SettingsConfigDict
from websockets.asyncio.server import Server

from discord_simulator.discord import Discord, build
from discord_simulator.settings import DiscordSettings
from discord_simulator.web import api_application, page_application
from discord_simulator.web_server import WebServer
from service_runtime import logs
from service_runtime.settings import LogSettings, load_all

log = structlog.get_logger()


class CommandLine(DiscordSettings):
    """The settings as flags of the same names, which override the environment."""

    model_config = SettingsConfigDict(cli_parse_args=True, cli_prog_name="python -m discord_simulator")


@dataclass(frozen=True)
class Servers:
    """The listening sockets."""

    gateway: Server
    http: socket.socket
    page: socket.socket

    def ports(self) -> dict[str, int]:
        """Return the port of each."""
        listening = {"gateway": next(iter(self.gateway.sockets)), "http": self.http, "page": self.page}
        return {name: each.getsockname()[1] for name, each in listening.items()}

    def close(self) -> None:
        """Stop listening."""
        self.gateway.close(close_connections=False)
        self.http.close()
        self.page.close()


async def listen(discord: Discord) -> Servers:
    """Open all ports. Raises OSError naming the port that is in use."""
    settings = discord.settings
    return Servers(
        await discord.gateway.listen(settings.bind_address, settings.gateway_port),
        socket.create_server((settings.bind_address, settings.http_port), backlog=1024),
        socket.create_server(
            (settings.page_address, settings.page_port),
            family=socket.AF_INET6 if ":" in settings.page_address else socket.AF_INET,
            backlog=256,
        ),
    )


def start_tasks(discord: Discord, servers: Servers) -> list["asyncio.Task[object]"]:
    """Start the tasks of the simulation; none of them ends by itself."""
    works: dict[str, Coroutine[Any, Any, object]] = {
        "heartbeats": discord.gateway.close_dead(),
        "http": WebServer(api_application(discord)).serve([servers.http]),
        "page": WebServer(page_application(discord)).serve([servers.page]),
    }
    return [asyncio.create_task(work, name=name) for name, work in works.items()]


async def run(discord: Discord) -> int:
    """Serve until a signal or a task's failure; return the exit code. Raises OSError if a port is in use."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    servers = await listen(discord)
    discord.set_ports(servers.ports())
    tasks = start_tasks(discord, servers)
    stopped = asyncio.create_task(stop.wait())
    log.info("listening", address=discord.settings.bind_address, pages=discord.page_url, **discord.ports)
    await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in tasks if task.done()]
    for task in failed:
        log.error("task failed", task=task.get_name(), reason=repr(task.exception()))
    for task in tasks:
        task.cancel()
    servers.close()
    for connection in list(discord.gateway.connections.values()):
        connection.abort()
    return 1 if failed else 0


def main() -> int:
    """Run the simulator; return the exit code."""
    log_settings, settings = load_all(LogSettings, CommandLine)
    logs.configure("discord_simulator", cast(LogSettings, log_settings).level)
    try:
        discord = build(cast(DiscordSettings, settings))
    except OSError as error:
        log.error("simulator cannot start", reason=str(error))
        return 2
    try:
        return asyncio.run(run(discord))
    except OSError as error:
        log.error("simulator cannot listen", reason=str(error))
        return 2
    finally:
        discord.truth.close()
