"""A chat socket: login, join limits, whole lines, PING and PONG, and what it reports to its listener."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from stream_monitoring.capture.chat_socket import MAX_LINE_BYTES, ChatSocket
from stream_monitoring.capture.join_limit import JOINS
from stream_monitoring.capture.socket_progress import QUIET_MS
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.chat_reader import ChatReader
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.spool.batch import Batch
from stream_monitoring.spool.quarantine import Quarantine

WELCOME = b":tmi.twitch.tv 001 justinfan1 :Welcome, GLHF!\r\n"
LOGINS = [f"c{number:02}" for number in range(JOINS + 5)]


class Transport(asyncio.Transport):
    """Twitch's end of the connection, as far as a socket writes to it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.is_aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += bytes(data).decode().splitlines()

    def is_closing(self) -> bool:
        return self.is_aborted

    def abort(self) -> None:
        self.is_aborted = True


class World:
    """A connected socket, what it sends and what it reports."""

    def __init__(self, folder: Path) -> None:
        self.now = 1_795_000_000_000
        self.reports: list[str] = []
        self.batch, clock = Batch(), TwitchClock()
        for _ in range(3):
            clock.observe(self.now, self.now)  # Twitch's clock is learned and equal
        bad_lines = BadLines(self.batch, Quarantine(folder))
        reader = ChatReader("t", self.batch, ChatterHash(b"k" * 32), bad_lines, clock, {})
        self.socket = ChatSocket(
            logins=LOGINS, listener=self, parse=reader.read, clock=clock, machine_now=lambda: self.now
        )
        self.twitch = Transport()
        self.socket.connection_made(self.twitch)

    def channel_joined(self, _: ChatSocket, login: str, channel_id: str) -> None:
        self.reports.append(f"joined {login} {channel_id}")

    def reconnect_requested(self, _: ChatSocket) -> None:
        self.reports.append("reconnect")

    def socket_closed(self, socket: ChatSocket) -> None:
        self.reports.append(f"closed: {socket.close_reason}")

    def joins(self) -> list[str]:
        """The channels that the socket asked to join."""
        lines = [line.removeprefix("JOIN ") for line in self.twitch.sent if line.startswith("JOIN ")]
        return [login.removeprefix("#") for line in lines for login in line.split(",")]


def in_loop(folder: Path, check: Callable[[World], None]) -> None:
    async def run() -> None:
        check(World(folder))

    asyncio.run(run())


def room_state(login: str, channel_id: str) -> bytes:
    return f"@room-id={channel_id};slow=0 :tmi.twitch.tv ROOMSTATE #{login}\r\n".encode()


def test_it_logs_in_at_once_and_joins_after_the_welcome(tmp_path: Path) -> None:
    def check(world: World) -> None:
        assert [line.split()[0] for line in world.twitch.sent] == ["CAP", "PASS", "NICK"]
        assert world.joins() == []
        world.socket.data_received(WELCOME)
        assert world.joins() == LOGINS[:JOINS]  # the others later: Twitch's limit
        world.socket.join_pending()
        assert world.joins() == LOGINS[:JOINS]

    in_loop(tmp_path, check)


def test_joined_channels_and_reconnect_are_reported(tmp_path: Path) -> None:
    def check(world: World) -> None:
        world.socket.data_received(room_state("c00", "7") + room_state("c00", "7") + room_state("unknown", "8"))
        world.socket.data_received(b":tmi.twitch.tv RECONNECT\r\n")
        assert world.reports == ["joined c00 7", "reconnect"]
        assert world.socket.joined == {"c00"}
        world.socket.leave("c00")
        assert world.twitch.sent[-1] == "PART #c00"

    in_loop(tmp_path, check)


def test_lines_are_parsed_only_when_they_are_whole(tmp_path: Path) -> None:
    def check(world: World) -> None:
        line = room_state("c00", "7")
        world.socket.data_received(line[:20])
        assert world.reports == []
        world.socket.data_received(line[20:] + line[:5])
        assert world.reports == ["joined c00 7"]

    in_loop(tmp_path, check)


def test_a_line_without_end_closes_the_socket(tmp_path: Path) -> None:
    def check(world: World) -> None:
        world.socket.data_received(b"x" * MAX_LINE_BYTES)
        assert not world.twitch.is_aborted
        world.socket.data_received(b"x")
        assert world.twitch.is_aborted
        world.socket.connection_lost(None)
        assert world.reports == ["closed: endless line"]

    in_loop(tmp_path, check)


def test_a_quiet_socket_pings_and_the_pong_is_progress(tmp_path: Path) -> None:
    def check(world: World) -> None:
        world.socket.data_received(WELCOME + b"PING :tmi.twitch.tv\r\n")
        assert world.twitch.sent[-1] == "PONG :tmi.twitch.tv"
        world.now += QUIET_MS
        world.socket.ping_if_quiet(world.now)
        ping = world.twitch.sent[-1]
        assert ping == f"PING :at{world.now}"
        pinged_at = world.now
        world.now += 40
        world.socket.data_received(f":tmi.twitch.tv PONG tmi.twitch.tv :at{pinged_at}\r\n".encode())
        assert world.socket.progress.answered_through == pinged_at

    in_loop(tmp_path, check)


def test_a_retired_socket_has_ended_but_reads_on(tmp_path: Path) -> None:
    async def run() -> None:
        world = World(tmp_path)
        world.socket.retire("reconnect")
        assert await world.socket.ended() == "reconnect"
        world.socket.data_received(room_state("c00", "7"))
        assert world.reports == ["joined c00 7"]
        world.socket.connection_lost(None)
        assert world.reports[-1] == "closed: reconnect"

    asyncio.run(run())
