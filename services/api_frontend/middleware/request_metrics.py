"""Measures every request by its route, so that labels stay few whatever addresses are requested."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts import metrics
from service_runtime.measures import measure


def route_label(scope: Scope) -> str:
    """Return the route's pattern; `none` if no route matches."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return getattr(scope.get("route"), "path", "none")


class RequestMetrics:
    """Measures the time from the request to the start of its response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.perf_counter()

        async def send_measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.perf_counter() - started_at
                labels = {"route": route_label(scope), "status": str(message["status"])}
                measure(metrics.PAGE_SECONDS).labels(**labels).observe(seconds)
            await send(message)

        await self._app(scope, receive, send_measured)
