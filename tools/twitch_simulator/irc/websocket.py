"""Chat over WebSocket: the same sessions, lines grouped into text frames."""

from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from twitch_simulator.irc.irc_server import answer
from twitch_simulator.irc.irc_session import Doors, Session


class WebSocketWire:
    """A WebSocket as the rooms write to it."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    def is_open(self) -> bool:
        """Whether what is written still goes out."""
        return self._socket.state is State.OPEN

    def send(self, text: str) -> None:
        """One text frame, written now; a socket that is closing takes nothing."""
        broadcast([self._socket], text)

    def send_bytes(self, data: bytes) -> None:
        """A text frame has to be UTF-8: other bytes become U+FFFD."""
        self.send(data.decode("utf-8", "replace"))

    def waiting_bytes(self) -> int:
        """Bytes in the transport's buffer."""
        return self._socket.transport.get_write_buffer_size()

    def close(self, abort: bool) -> None:
        """Close the connection below the WebSocket: readers have to bear the loss of the closing handshake."""
        if abort:
            self._socket.transport.abort()
        else:
            self._socket.transport.close()


async def serve_websocket(address: str, port: int, doors: Doors) -> Server:
    """Listen for chat clients. Raises OSError where the port is taken."""

    async def converse(socket: ServerConnection) -> None:
        connection = doors.rooms.open(WebSocketWire(socket), "websocket")
        session = Session(connection, doors)
        try:
            async for frame in socket:
                text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
                for line in text.splitlines():
                    answer(session, line)
        except ConnectionClosed:
            pass  # the peer is gone
        finally:
            doors.rooms.leave_all(connection)

    return await serve(converse, address, port, compression=None, ping_interval=None, close_timeout=0.2)
