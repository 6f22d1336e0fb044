"""A connection to a server that can be cut: a TCP relay on loopback, which needs no root."""

import asyncio
import threading
from contextlib import suppress

CHUNK_BYTES = 4096


class Relay:
    """Forward 127.0.0.1:`port` to 127.0.0.1:`target`; while it is cut, reset connections and refuse new ones."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self._is_cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        serving = asyncio.start_server(self._connected, "127.0.0.1", port)
        asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)

    def cut(self) -> None:
        """Reset open connections and refuse new ones."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._reset)

    def mend(self) -> None:
        """Forward again."""
        self._is_cut = False

    def _reset(self) -> None:
        for writer in self._writers:
            writer.transport.abort()  # type: ignore[attr-defined]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()  # type: ignore[attr-defined]
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        both = {writer, far_writer}
        self._writers |= both
        with suppress(OSError):
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        self._writers -= both
        for each in both:
            each.transport.abort()  # type: ignore[attr-defined]


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes in one direction until their end."""
    while chunk := await reader.read(CHUNK_BYTES):
        writer.write(chunk)
        await writer.drain()
    if not writer.is_closing():
        writer.write_eof()
