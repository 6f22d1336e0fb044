"""Answers HEAD and OPTIONS for every address that answers GET, and lets other websites read the API."""

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/api/"
ASKABLE = ("GET", "POST", "PUT", "PATCH", "DELETE")
LIVE = "/events"  # endless answers know HEAD themselves
FOREIGN_READERS = {  # no `Vary`: the same for every origin, so that a cache may keep it with the answer
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
}
FOREIGN_QUESTION = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, Last-Event-ID, Cache-Control",
    "Access-Control-Max-Age": "86400",
}


def methods_of(scope: Scope) -> set[str]:
    """Return the methods of this address, which may have a route for each; none for files."""
    routes = [route for route in scope["app"].routes if not isinstance(route, Mount)]
    return {
        method
        for method in ASKABLE
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    }


def with_implied(methods: set[str]) -> str:
    """Write an `Allow` header, with what comes with GET."""
    methods = methods | {"OPTIONS"}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


class Methods:
    """Turns HEAD into GET without the body, and OPTIONS into what the address allows."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(API):
            send = with_headers(send, FOREIGN_READERS.items())
        if scope["method"] == "HEAD" and not scope["path"].endswith(LIVE):
            await self._head(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await self._options(scope, receive, send)
        else:
            await self._app(scope, receive, with_allowed(send, dict(scope)))

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        asked = {**scope, "method": "GET"}
        await self._app(asked, receive, with_allowed(send_without_body, dict(scope)))
        if "route" in asked:
            scope["route"] = asked["route"]  # for the metrics

    async def _options(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask the routes; what is no 405, or belongs to no route, is answered as they do."""
        asked = dict(scope)  # routing changes it
        started: list[Message] = []
        rest: list[Message] = []

        async def collect(message: Message) -> None:
            (started if message["type"] == "http.response.start" else rest).append(message)

        await self._app(scope, receive, collect)
        methods = methods_of(asked) if started[0]["status"] == 405 else set()
        if not methods:
            for message in started + rest:
                await send(message)
            return
        is_foreign = scope["path"].startswith(API) and "origin" in Headers(scope=scope)
        headers = {"Allow": with_implied(methods)} | (FOREIGN_QUESTION if is_foreign else {})
        await Response(status_code=204, headers=headers)(scope, receive, send)


def with_headers(send: Send, headers: Iterable[tuple[str, str]]) -> Send:
    """Return a `send` that adds the headers to the answer."""
    added = dict(headers)

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(added)
        await send(message)

    return send_with_headers


def with_allowed(send: Send, scope: Scope) -> Send:
    """Return a `send` that names all methods of the address in a 405; the routes name those of one route."""

    async def send_with_allowed(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 405:
            MutableHeaders(scope=message)["Allow"] = with_implied(methods_of(scope) or {"GET"})
        await send(message)

    return send_with_allowed
