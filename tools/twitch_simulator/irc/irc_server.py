"""Chat over TCP: sockets on one side, sessions on the other."""

import asyncio
from contextlib import suppress

from twitch_simulator.irc.irc_session import Doors, Session
from twitch_simulator.irc.rooms import LINE_END, Connection

MAX_LINE_BYTES = 16_384  # a longer line from a client ends its connection


class TcpWire:
    """An asyncio TCP socket as the rooms write to it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def is_open(self) -> bool:
        """Whether what is written still goes out."""
        return not self._writer.is_closing()

    def send(self, text: str) -> None:
        """Write text now; the transport buffers what the peer does not take."""
        self.send_bytes(text.encode())

    def send_bytes(self, data: bytes) -> None:
        """Write bytes now."""
        if not self._writer.is_closing():
            self._writer.write(data)

    def waiting_bytes(self) -> int:
        """Bytes in the transport's buffer."""
        return self._writer.transport.get_write_buffer_size()

    def close(self, abort: bool) -> None:
        """Close after the buffer is written, or at once."""
        if abort:
            self._writer.transport.abort()
        else:
            self._writer.close()


def answer(session: Session, line: str) -> None:
    """Let the session answer a line; a silenced socket answers nothing and does nothing."""
    connection: Connection = session.connection
    if not session.doors.rooms.hears(connection):
        return
    answers = session.receive(line)
    if answers:
        connection.wire.send("".join(each + LINE_END for each in answers))
    if session.closing:
        session.doors.rooms.drop(connection)


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doors: Doors) -> None:
    """One client from its first byte to its last."""
    connection = doors.rooms.open(TcpWire(writer), "tcp")
    session = Session(connection, doors)
    try:
        while data := await reader.readline():
            answer(session, data.decode("utf-8", "replace").rstrip("\r\n"))
    except (ConnectionError, ValueError, asyncio.LimitOverrunError):
        pass  # the peer is gone, or sent a line without end
    finally:
        doors.rooms.drop(connection, abort=writer.is_closing())


async def serve_tcp(address: str, port: int, doors: Doors) -> asyncio.Server:
    """Listen for chat clients. Raises OSError where the port is taken."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # the process ends
            await converse(reader, writer, doors)

    return await asyncio.start_server(accept, address, port, limit=MAX_LINE_BYTES)
