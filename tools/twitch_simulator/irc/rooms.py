"""Tracks connections, their rooms, and the lines queued for each."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from twitch_simulator.irc.irc_lines import untagged

LINE_END = "\r\n"
MAX_WAITING_BYTES = 16_000_000  # a reader further behind is disconnected, as on Twitch


class Wire(Protocol):
    """The rooms' interface to a socket."""

    def is_open(self) -> bool:
        """Return whether writes still reach the peer."""

    def send(self, text: str) -> None:
        """Write text now, without waiting."""

    def send_bytes(self, data: bytes) -> None:
        """Write bytes now; they may be invalid UTF-8."""

    def waiting_bytes(self) -> int:
        """Return the number of bytes that the peer has not accepted yet."""

    def close(self, abort: bool) -> None:
        """Close the connection; `abort` discards what is buffered."""


@dataclass(eq=False)
class Connection:
    """One chat socket: its user, capabilities, rooms and queued lines."""

    number: int
    wire: Wire
    transport: str
    nick: str = ""
    capabilities: set[str] = field(default_factory=set)
    channels: set[str] = field(default_factory=set)
    silenced_until: int = 0
    last_pong_at: int = 0
    queued: list[str] = field(default_factory=list)

    def sign_in(self, nick: str) -> None:
        """Set the nick of a signed-in user."""
        self.nick = nick

    def pong(self, at: int) -> None:
        """Record an answer to PING."""
        self.last_pong_at = at

    def silence(self, until: int) -> None:
        """Send nothing to the socket until a time (ms)."""
        self.silenced_until = until

    def queue(self, chunk: str, plain: str | None = None) -> None:
        """Queue a chunk of whole lines for the next flush; `plain` is the same without tags."""
        if "twitch.tv/tags" in self.capabilities:
            self.queued.append(chunk)
        else:
            self.queued.append(plain if plain is not None else without_tags(chunk))


def without_tags(chunk: str) -> str:
    """Remove the tags from a chunk of whole lines."""
    return "".join(untagged(line) + LINE_END for line in chunk.split(LINE_END)[:-1])


class Rooms:
    """All connections and the members of each room."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.connections: dict[int, Connection] = {}
        self.slow_readers = 0
        self.rules: dict[str, dict[str, int]] = defaultdict(dict)  # login to the changed rules
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
        """Remove a closed socket."""
        self.connections.pop(connection.number, None)
        for login in connection.channels:
            self._members[login].discard(connection)
        connection.queued.clear()

    def join(self, connection: Connection, login: str) -> None:
        """Add a socket to a room."""
        connection.channels.add(login)
        self._members[login].add(connection)

    def part(self, connection: Connection, login: str) -> None:
        """Remove a socket from a room."""
        connection.channels.discard(login)
        self._members[login].discard(connection)

    def set_rule(self, login: str, name: str, value: int) -> None:
        """Change one of a room's rules."""
        self.rules[login][name] = value

    def receives(self, connection: Connection) -> bool:
        """Return whether a socket receives what is sent: it is open and not silenced."""
        is_open = connection.number in self.connections and connection.wire.is_open()
        return is_open and connection.silenced_until <= self._clock()

    def listeners(self, login: str) -> list[Connection]:
        """Return the receiving sockets in a room."""
        return [member for member in self._members.get(login, ()) if self.receives(member)]

    def receivers(self) -> list[Connection]:
        """Return all receiving sockets."""
        return [connection for connection in self.connections.values() if self.receives(connection)]

    def flush(self) -> None:
        """Write the queued lines, one write per socket. Drop a silenced socket's lines; disconnect a slow reader."""
        for connection in list(self.connections.values()):
            if not connection.queued:
                continue
            text = "".join(connection.queued)
            connection.queued.clear()
            if connection.wire.waiting_bytes() > MAX_WAITING_BYTES:
                self.slow_readers += 1
                self.drop(connection, abort=True)
            elif self.receives(connection):
                connection.wire.send(text)

    def drop(self, connection: Connection, abort: bool = False) -> None:
        """Close a socket and remove it."""
        self.leave_all(connection)
        connection.wire.close(abort)
