"""Serves chat over TCP."""

import asyncio
from contextlib import suppress

from twitch_simulator.irc.irc_session import IrcSession, SessionContext
from twitch_simulator.irc.rooms import LINE_END, Connection

MAX_LINE_BYTES = 16_384  # a longer line from a client ends its connection


class TcpWire:
    """A Wire over an asyncio TCP socket."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def is_open(self) -> bool:
        """Return whether writes still reach the peer."""
        return not self._writer.is_closing()

    def send(self, text: str) -> None:
        """Write text now; the transport buffers it."""
        self.send_bytes(text.encode())

    def send_bytes(self, data: bytes) -> None:
        """Write bytes now."""
        if not self._writer.is_closing():
            self._writer.write(data)

    def waiting_bytes(self) -> int:
        """Return bytes in the transport's buffer."""
        return self._writer.transport.get_write_buffer_size()

    def close(self, abort: bool) -> None:
        """Close after the buffer is written, or at once."""
        if abort:
            self._writer.transport.abort()
        else:
            self._writer.close()


def answer(session: IrcSession, line: str) -> None:
    """Let the session answer a line; a silenced socket answers nothing and does nothing."""
    connection: Connection = session.connection
    if not session.context.rooms.receives(connection):
        return
    answers = session.receive(line)
    if answers:
        connection.wire.send("".join(each + LINE_END for each in answers))
    if session.closing:
        session.context.rooms.drop(connection)


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: SessionContext) -> None:
    """Serve one client until it disconnects."""
    connection = context.rooms.open(TcpWire(writer), "tcp")
    session = IrcSession(connection, context)
    try:
        while data := await reader.readline():
            answer(session, data.decode("utf-8", "replace").rstrip("\r\n"))
    except (ConnectionError, ValueError, asyncio.LimitOverrunError):
        pass  # the peer is gone, or sent a line that is too long
    finally:
        context.rooms.drop(connection, abort=writer.is_closing())


async def serve_tcp(address: str, port: int, context: SessionContext) -> asyncio.Server:
    """Listen for chat clients. Raises OSError if the port is in use."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.CancelledError):  # the process ends
            await converse(reader, writer, context)

    return await asyncio.start_server(accept, address, port, limit=MAX_LINE_BYTES)
