"""Serves chat over WebSocket: the same sessions, with lines grouped into text frames."""

from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from twitch_simulator.irc.irc_server import answer
from twitch_simulator.irc.irc_session import IrcSession, SessionContext


class WebSocketWire:
    """A Wire over a WebSocket."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    def is_open(self) -> bool:
        """Return whether writes still reach the peer."""
        return self._socket.state is State.OPEN

    def send(self, text: str) -> None:
        """Write one text frame now; a closing socket ignores it."""
        broadcast([self._socket], text)

    def send_bytes(self, data: bytes) -> None:
        """Write bytes as a text frame, which must be UTF-8: invalid bytes become U+FFFD."""
        self.send(data.decode("utf-8", "replace"))

    def waiting_bytes(self) -> int:
        """Return bytes in the transport's buffer."""
        return self._socket.transport.get_write_buffer_size()

    def close(self, abort: bool) -> None:
        """Close the TCP connection without a closing handshake, which readers must handle."""
        if abort:
            self._socket.transport.abort()
        else:
            self._socket.transport.close()


async def serve_websocket(address: str, port: int, context: SessionContext) -> Server:
    """Listen for chat clients. Raises OSError if the port is in use."""

    async def converse(socket: ServerConnection) -> None:
        connection = context.rooms.open(WebSocketWire(socket), "websocket")
        session = IrcSession(connection, context)
        try:
            async for frame in socket:
                text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
                for line in text.splitlines():
                    answer(session, line)
        except ConnectionClosed:
            pass  # the peer is gone
        finally:
            context.rooms.leave_all(connection)

    return await serve(converse, address, port, compression=None, ping_interval=None, close_timeout=0.2)
