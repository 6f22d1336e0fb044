"""uvicorn as the simulator needs it: no signal handlers, and an answer's head and body in one write.

Twitch's answers come in one piece, and twitchAPI counts on it: it reads an app token's body from a closed session.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


class GatheringTransport:
    """Gathers what is written in one turn of the event loop and writes it at once; otherwise the transport itself."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write with the turn's other data."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        self._waiting.append(data)

    def _flush(self) -> None:
        if self._waiting:
            self._transport.write(b"".join(self._waiting))
            self._waiting.clear()

    def close(self) -> None:
        """Write what waits and close."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OneWriteProtocol(H11Protocol):
    """HTTP/1.1 on a gathering transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the gathering transport in between."""
        super().connection_made(cast(asyncio.Transport, GatheringTransport(transport)))


class WebServer(uvicorn.Server):
    """Serves an application; the process keeps its own signal handlers."""

    def __init__(self, application: Any) -> None:
        super().__init__(
            uvicorn.Config(application, http=OneWriteProtocol, log_level="warning", access_log=False, lifespan="off")
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield
