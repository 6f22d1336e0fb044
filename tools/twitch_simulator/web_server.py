"""Runs uvicorn without signal handlers, and with an answer's head and body in one write.

Twitch's answers arrive in one piece, and twitchAPI relies on it: it reads an app token's body from a closed session.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


class GatheringTransport:
    """A transport that combines all writes of one event loop iteration into one."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._pending: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write together with the other data of this iteration."""
        if not self._pending:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending.append(data)

    def _flush(self) -> None:
        if self._pending:
            self._transport.write(b"".join(self._pending))
            self._pending.clear()

    def close(self) -> None:
        """Write pending data and close."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class OneWriteProtocol(H11Protocol):
    """HTTP/1.1 on a gathering transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wrap the transport."""
        super().connection_made(cast(asyncio.Transport, GatheringTransport(transport)))


class WebServer(uvicorn.Server):
    """Serves an application and leaves signals to the process."""

    def __init__(self, application: Any) -> None:
        super().__init__(
            uvicorn.Config(application, http=OneWriteProtocol, log_level="warning", access_log=False, lifespan="off")
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield
