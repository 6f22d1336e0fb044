"""Starts the simulated Twitch and ends it on SIGTERM or SIGINT."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast

import structlog
import uvicorn
from pydantic_settings import SettingsConfigDict

from service_runtime import logs
from service_runtime.settings import LogSettings, load_all
from twitch_simulator import irc_lines
from twitch_simulator.irc_server import serve_tcp
from twitch_simulator.rooms import LINE_END
from twitch_simulator.settings import RecordingSettings, SimulatorSettings
from twitch_simulator.speech import beat
from twitch_simulator.twitch import Twitch, build
from twitch_simulator.web import web_application
from twitch_simulator.websocket import serve_websocket

log = structlog.get_logger()


class CommandLine(SimulatorSettings):
    """The settings with flags of the same names, which win over the environment."""

    model_config = SettingsConfigDict(cli_parse_args=True, cli_prog_name="python -m twitch_simulator")


class WebServer(uvicorn.Server):
    """uvicorn without signal handlers: the process has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


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


async def run(twitch: Twitch) -> int:
    """Serve until a signal or until a part fails; returns the exit code."""
    settings, stop = twitch.settings, asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    address = settings.bind_address
    irc = await serve_tcp(address, settings.irc_port, twitch.doors)
    sockets = await serve_websocket(address, settings.websocket_port, twitch.doors)
    http_socket = socket.create_server((address, settings.http_port), backlog=256)
    http_port = http_socket.getsockname()[1]
    twitch.public_url = settings.public_url.rstrip("/") or f"http://{address}:{http_port}"
    irc_port, websocket_port = (next(iter(each.sockets)).getsockname()[1] for each in (irc, sockets))
    twitch.ports = {"irc": irc_port, "websocket": websocket_port, "http": http_port}
    web = WebServer(uvicorn.Config(web_application(twitch), log_level="warning", access_log=False, lifespan="off"))
    parts = [
        asyncio.create_task(beat(twitch.speech, twitch.delivery, twitch.rooms, twitch.clock.machine), name="chat"),
        asyncio.create_task(ping(twitch), name="ping"),
        asyncio.create_task(web.serve([http_socket]), name="http"),
        asyncio.create_task(twitch.events.happen_by_themselves(settings.notices_per_minute), name="events"),
        asyncio.create_task(stop.wait(), name="stop"),
    ]
    log.info("listening", address=address, **twitch.ports)
    ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    failed = [part for part in ended if part.get_name() != "stop"]
    for part in failed:
        log.error("part ended unasked", part=part.get_name(), why=repr(part.exception()))
    for part in parts:
        part.cancel()
    irc.close()
    sockets.close(close_connections=False)
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
        with suppress(asyncio.CancelledError):
            return asyncio.run(run(twitch))
    except OSError as error:
        log.error("cannot listen", why=str(error))
        return 2
    finally:
        twitch.truth.close()
    return 0
