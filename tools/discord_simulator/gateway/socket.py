"""Serves the gateway over WebSocket."""

import asyncio

from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from discord_simulator.gateway.connection import Connection, GatewayClosedError, Rules
from discord_simulator.gateway.hub import Hub


class SocketLine:
    """A line over a WebSocket."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    def is_open(self) -> bool:
        """Return whether frames still reach the client."""
        return self._socket.state is State.OPEN

    def send(self, frame: str | bytes) -> None:
        """Send a frame now."""
        broadcast([self._socket], frame)

    def cut(self) -> None:
        """Cut the TCP connection."""
        self._socket.transport.abort()

    async def close(self, code: int, reason: str) -> None:
        """Close with a code."""
        await self._socket.close(code, reason)


class Gateway:
    """All connections."""

    def __init__(self, hub: Hub, rules: Rules) -> None:
        self._hub, self._rules = hub, rules
        self.connections: dict[int, Connection] = {}
        self.refuses_until = 0
        self._opened = 0

    def refuse(self, until: int) -> None:
        """Refuse new connections until a time (ms)."""
        self.refuses_until = until

    async def converse(self, socket: ServerConnection) -> None:
        """Serve one connection until it ends."""
        if self._rules.clock() < self.refuses_until:
            socket.transport.abort()
            return
        self._opened += 1
        address = socket.request.path if socket.request else ""
        connection = Connection(SocketLine(socket), address, self._hub, self._rules, self._opened)
        self.connections[connection.number] = connection
        try:
            connection.greet()
            async for frame in socket:
                connection.receive(frame)
        except GatewayClosedError as closed:
            await connection.close(closed.code, closed.reason)
        except ConnectionClosed:
            pass  # the client is gone
        finally:
            del self.connections[connection.number]
            connection.left(socket.close_code)

    async def close_dead(self) -> None:
        """Close connections whose client sends no heartbeats, for ever."""
        while True:
            await asyncio.sleep(self._rules.heartbeat_ms / 1000 / 4)
            for connection in list(self.connections.values()):
                if connection.is_dead():
                    await connection.close(4009, "Session timed out.")

    async def listen(self, address: str, port: int) -> Server:
        """Listen for clients. Raises OSError if the port is in use."""
        return await serve(
            self.converse, address, port, compression=None, ping_interval=None, close_timeout=0.5, max_size=1 << 16
        )
