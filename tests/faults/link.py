"""A link between two machines: a TCP forwarder on loopback that can be cut, half-open, slow or stalled."""

import asyncio
import threading
from contextlib import suppress
from typing import Literal

Mode = Literal["open", "cut", "half_open", "slow"]
CHUNK_BYTES = 4096
SLOW_BYTES_PER_SECOND = 256_000 / 8  # both directions have this each


class Link:
    """Forwards 127.0.0.1:`port` to 127.0.0.1:`target`.

    cut: connections are reset and new ones refused at once. half_open: they stay and are accepted, and nothing
    arrives. slow: 256 kbit/s in each direction of each connection.
    """

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self._mode: Mode = "open"
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._ask(asyncio.start_server(self._connected, "127.0.0.1", port))

    def _ask(self, coroutine: object) -> asyncio.Server:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)  # type: ignore[arg-type]

    def become(self, mode: Mode) -> None:
        """Change what the link does, for open connections too. Those of a half-open time end with it."""
        ends_connections = mode == "cut" or self._mode == "half_open"
        self._mode = mode
        if ends_connections:
            self._loop.call_soon_threadsafe(self._reset)

    def close(self) -> None:
        """Forward nothing any more."""
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._reset)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _reset(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "cut":
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._writers |= both
        with suppress(OSError):
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._writers -= both
        for each in both:
            each.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            if self._mode == "half_open":
                continue
            if self._mode == "slow":
                await asyncio.sleep(len(chunk) / SLOW_BYTES_PER_SECOND)
            writer.write(chunk)
            await writer.drain()
        if not writer.is_closing():
            writer.write_eof()
