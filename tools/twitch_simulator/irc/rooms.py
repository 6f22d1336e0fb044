"""Who is connected and in which room, and the bytes that wait for each of them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from twitch_simulator.irc.irc_lines import untagged

LINE_END = "\r\n"
MAX_WAITING_BYTES = 16_000_000  # a reader that is this far behind is disconnected, as Twitch does


class Wire(Protocol):
    """A socket as the rooms see it."""

    def is_open(self) -> bool:
        """Whether what is written still goes out."""

    def send(self, text: str) -> None:
        """Write text now, without waiting."""

    def send_bytes(self, data: bytes) -> None:
        """Write bytes now, which need not be UTF-8."""

    def waiting_bytes(self) -> int:
        """Bytes that the peer has not taken yet."""

    def close(self, abort: bool) -> None:
        """End the connection; `abort` throws away what is waiting."""


@dataclass(eq=False)
class Connection:
    """One chat socket: who it is, what it asked for and what waits to be written."""

    number: int
    wire: Wire
    transport: str
    nick: str = ""
    capabilities: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    silenced_until: int = 0
    last_pong_at: int = 0
    waiting: list[str] = field(default_factory=list)

    def queue(self, chunk: str, plain: str | None = None) -> None:
        """Let a chunk of whole lines wait for the next flush; `plain` is the same without tags."""
        if "twitch.tv/tags" in self.capabilities:
            self.waiting.append(chunk)
        else:
            self.waiting.append(plain if plain is not None else without_tags(chunk))


def without_tags(chunk: str) -> str:
    """A chunk of whole lines with the tags removed."""
    return "".join(untagged(line) + LINE_END for line in chunk.split(LINE_END)[:-1])


class Rooms:
    """All connections and the members of each room."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.connections: dict[int, Connection] = {}
        self.slow_readers = 0
        self.rules: dict[str, dict[str, int]] = defaultdict(dict)  # login: the rules that were changed
        self._members: dict[str, set[Connection]] = defaultdict(set)
        self._clock = clock
        self._next = 1

    def open(self, wire: Wire, transport: str) -> Connection:
        """Register a new socket."""
        connection = Connection(self._next, wire, transport, last_pong_at=self._clock())
        self._next += 1
        self.connections[connection.number] = connection
        return connection

    def leave_all(self, connection: Connection) -> None:
        """Forget a socket that is gone."""
        self.connections.pop(connection.number, None)
        for login in connection.channels:
            self._members[login].discard(connection)
        connection.waiting.clear()

    def join(self, connection: Connection, login: str) -> None:
        """Put a socket into a room."""
        connection.channels.add(login)
        self._members[login].add(connection)

    def part(self, connection: Connection, login: str) -> None:
        """Take a socket out of a room."""
        connection.channels.discard(login)
        self._members[login].discard(connection)

    def hears(self, connection: Connection) -> bool:
        """Whether what is sent to the socket goes out: it is open and not silenced."""
        there = connection.number in self.connections and connection.wire.is_open()
        return there and connection.silenced_until <= self._clock()

    def listeners(self, login: str) -> list[Connection]:
        """The sockets in a room that hear."""
        return [member for member in self._members.get(login, ()) if self.hears(member)]

    def hearing(self) -> list[Connection]:
        """All sockets that hear."""
        return [connection for connection in self.connections.values() if self.hears(connection)]

    def flush(self) -> None:
        """Write what waits, one write a socket. A silenced socket's lines are lost; a slow reader is cut off."""
        for connection in list(self.connections.values()):
            if not connection.waiting:
                continue
            text = "".join(connection.waiting)
            connection.waiting.clear()
            if connection.wire.waiting_bytes() > MAX_WAITING_BYTES:
                self.slow_readers += 1
                self.drop(connection, abort=True)
            elif self.hears(connection):
                connection.wire.send(text)

    def drop(self, connection: Connection, abort: bool = False) -> None:
        """End a socket; nothing is sent to it from here on."""
        self.leave_all(connection)
        connection.wire.close(abort)
