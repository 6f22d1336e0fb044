"""Runs the website of a demo: what its simulated Twitch shows to people, and emotes' pictures, come through the site.

So a phone that opens the site (DEMO_BIND) sees pictures, plays clips and signs in to opt out, while the simulator stays
on loopback.
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
from api_frontend.views import opt_out

# All that passes, and only to read: nothing else of the simulator can be reached.
PATHS = re.compile(
    r"/(?:(?:thumbnails|previews|pictures)/[\w-]{1,100}\.svg|clip/[\w-]{1,100}|embed|oauth2/authorize"
    r"|emotes/(?:7tv|bttv|ffz|twitch)/emote/[\w-]{1,100}(?:/[\w.]{1,20}){1,3})",
    re.ASCII,
)
SIGN_IN = "/oauth2/authorize"
PARAMETERS = {"/embed": {"clip"}, SIGN_IN: {"client_id", "response_type", "state", "login", "deny"}}
RETURN = {"redirect_uri": f"{opt_out.PATH}/return"}  # of this site, by whichever address it was opened
READING = ("GET", "HEAD")
SECONDS = 5.0
KEPT_HEADERS = ("content-type", "cache-control", "location")
POLICY = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
}


class SimulatedTwitch:
    """Fetches clips, the sign-in and emotes from the simulator; everything else is the site's."""

    def __init__(self, app: ASGIApp, simulator: str) -> None:
        self._app = app
        self._client = httpx.AsyncClient(base_url=simulator, timeout=SECONDS, trust_env=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        passes = scope["type"] == "http" and scope["method"] in READING and PATHS.fullmatch(scope["path"])
        answer = await self._fetch(Request(scope)) if passes else self._app
        await answer(scope, receive, send)

    async def _fetch(self, request: Request) -> Response:
        path = request.url.path
        named = {name: value for name, value in request.query_params.items() if name in PARAMETERS.get(path, ())}
        try:
            found = await self._client.get(path, params=named | RETURN if path == SIGN_IN else named)
        except httpx.HTTPError:
            return PlainTextResponse("The simulated Twitch does not answer.", 502)
        headers = {name: found.headers[name] for name in KEPT_HEADERS if name in found.headers}
        return Response(found.content, found.status_code, headers | POLICY)


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Serve until a stop signal; the one argument is the simulator's address."""
    (simulator,) = arguments

    def extend(app: FastAPI) -> None:
        app.add_middleware(SimulatedTwitch, simulator=simulator)

    return serve(extend)


if __name__ == "__main__":
    raise SystemExit(main())
