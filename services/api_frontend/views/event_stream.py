"""Sends server-sent events with little memory: one task a page beside the request's own, and no keep-alives.

The header's news, which every page gets every few seconds, keeps the connection alive. sse_starlette's response takes
four tasks a page: 2,000 pages took 112 MB with it (tests/benchmarks/site.py).
"""

import asyncio
from collections.abc import AsyncGenerator

from sse_starlette import ServerSentEvent
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Streams events until they end or the reader has left."""

    media_type = "text/event-stream"
    charset = "utf-8"

    def __init__(self, events: AsyncGenerator[ServerSentEvent, None]) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["Content-Length"]
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] != "HEAD":
            sending = asyncio.current_task()
            assert sending is not None
            leaving = asyncio.create_task(end_when_left(receive, sending))
            try:
                await self._send_all(send)
            except asyncio.CancelledError:
                if not leaving.done():  # the server ends, not the reader
                    raise
                sending.uncancel()
            finally:
                leaving.cancel()
                await self._events.aclose()
        await send({"type": "http.response.body", "body": b""})

    async def _send_all(self, send: Send) -> None:
        async for event in self._events:
            await send({"type": "http.response.body", "body": event.encode(), "more_body": True})


async def end_when_left(receive: Receive, sending: "asyncio.Task[None]") -> None:
    """Cancel the sender when the reader leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass
    sending.cancel()
