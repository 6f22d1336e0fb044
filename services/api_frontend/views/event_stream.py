"""Sends server-sent events with little memory: one task a page beside the request's own, and no keep-alives.

The header's news, which every page gets every few seconds, keeps the connection alive. sse_starlette's response takes
four tasks a page: 2,000 pages took 112 MB with it (tests/benchmarks/site.py).
"""

import asyncio
from collections.abc import AsyncGenerator
from functools import partial

from sse_starlette import ServerSentEvent
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api_frontend.middleware.long_answers import KEY

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Begins an answer of events, and leaves them to be sent."""

    media_type = "text/event-stream"
    charset = "utf-8"

    def __init__(self, events: AsyncGenerator[ServerSentEvent, None]) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["Content-Length"]
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        scope[KEY].rest = partial(send_events, self._events)


async def send_events(
    events: AsyncGenerator[ServerSentEvent, None], scope: Scope, receive: Receive, send: Send
) -> None:
    """Send the events until they end or the reader has left."""
    if scope["method"] != "HEAD":
        sending = asyncio.current_task()
        assert sending is not None
        leaving = asyncio.create_task(end_when_left(receive, sending))
        try:
            async for event in events:
                await send({"type": "http.response.body", "body": event.encode(), "more_body": True})
        except asyncio.CancelledError:
            if not leaving.done():  # the server ends, not the reader
                raise
            sending.uncancel()
        finally:
            leaving.cancel()
            await events.aclose()
    await send({"type": "http.response.body", "body": b""})


async def end_when_left(receive: Receive, sending: "asyncio.Task[None]") -> None:
    """Cancel the sender when the reader leaves."""
    while (await receive())["type"] != "http.disconnect":
        pass
    sending.cancel()
