"""Runs uvicorn without signal handlers, and hands the transport to the application so that it can be cut."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose scopes hold their transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the transport into each request's scope."""
        super().connection_made(transport)
        application: ASGIApp = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            await application({**scope, "transport": transport}, receive, send)

        self.app = with_transport


class WebServer(uvicorn.Server):
    """Serves an application and leaves signals to the process."""

    def __init__(self, application: Any) -> None:
        super().__init__(
            uvicorn.Config(application, http=CuttableProtocol, log_level="warning", access_log=False, lifespan="off")
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield
