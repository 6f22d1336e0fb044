"""Runs the website of a demo: the clips of its simulated Twitch and the pictures of emotes come through the site.

So a phone that opens the site (DEMO_BIND) sees pictures and plays clips, while the simulator stays on loopback.
"""

import re
import sys
from collections.abc import Sequence

import httpx
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api_frontend.main import main as serve

# All that passes, and only to read: nothing else of the simulator can be reached.
CLIP_PATHS = re.compile(
    r"/(?:thumbnails/[\w-]{1,100}\.svg|clip/[\w-]{1,100}|embed"
    r"|emotes/(?:7tv|bttv|ffz|twitch)/emote/[\w-]{1,100}(?:/[\w.]{1,20}){1,3})",
    re.ASCII,
)
READING = ("GET", "HEAD")
SECONDS = 5.0
KEPT_HEADERS = ("content-type", "cache-control")
POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
}


class SimulatedClips:
    """Fetches a clip's picture, player and page, and emotes, from the simulator; everything else is the site's."""

    def __init__(self, app: ASGIApp, simulator: str) -> None:
        self._app = app
        self._client = httpx.AsyncClient(base_url=simulator, timeout=SECONDS, trust_env=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_clip = scope["type"] == "http" and scope["method"] in READING and CLIP_PATHS.fullmatch(scope["path"])
        answer = await self._fetch(Request(scope)) if is_clip else self._app
        await answer(scope, receive, send)

    async def _fetch(self, request: Request) -> Response:
        named = {"clip": request.query_params.get("clip", "")} if request.url.path == "/embed" else None
        try:
            found = await self._client.get(request.url.path, params=named)
        except httpx.HTTPError:
            return PlainTextResponse("The simulated Twitch does not answer.", 502)
        headers = {name: found.headers[name] for name in KEPT_HEADERS if name in found.headers}
        return Response(found.content, found.status_code, headers | POLICY)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Serve until a stop signal; the one argument is the simulator's address."""
    (simulator,) = arguments

    def extend(app: FastAPI) -> None:
        app.add_middleware(SimulatedClips, simulator=simulator)

    return serve(extend)


if __name__ == "__main__":
    raise SystemExit(main())
