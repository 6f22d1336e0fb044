"""Leads old addresses to the present ones, and takes off what is appended to ours and means nothing to us."""

import re
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PERMANENTLY = 308
OLD_API = re.compile(r"/api/(?!v\d+(?:/|$))(?P<rest>[\w-]+(?:/[\w.~-]+)*)/?")  # as before the API had versions
WITH_SLASH = re.compile(r"(?P<path>(?:/[\w.~-]+)+)/")  # no second slash at the start: that would be another website
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|twclid|ttclid|igshid|mc_[ce]id|si|ref_src")
PAST_CACHES = "fresh"  # an open page that has heard of news gets past the caches between with it (live.ts)
PROGRAMS = "/api/"  # they are told about what they send for nothing


def present_path(path: str) -> str | None:
    """Return where the path leads by now; None if it is the present one."""
    if old := OLD_API.fullmatch(path):
        return f"/api/v1/{old['rest']}"
    with_slash = WITH_SLASH.fullmatch(path)
    return with_slash["path"] if with_slash else None


def without_tracking(query: bytes) -> bytes:
    """Return the query without what says where the visitor came from, and without what gets past caches."""
    text = query.decode("latin-1")
    if not text or not (PAST_CACHES in text or TRACKING.search(text)):
        return query
    pairs = parse_qsl(text, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != PAST_CACHES and not TRACKING.fullmatch(name)]
    return urlencode(kept).encode("ascii")


class Addresses:
    """Redirects without naming a scheme or host: behind a tunnel the site knows neither for sure."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            query = scope["query_string"]
            if (path := present_path(scope["path"])) is not None:
                location = f"{path}?{query.decode('latin-1')}" if query else path
                headers = {"Location": location, "Cache-Control": "public, max-age=86400"}
                await Response(status_code=PERMANENTLY, headers=headers)(scope, receive, send)
                return
            if query and not scope["path"].startswith(PROGRAMS):
                scope["query_string"] = without_tracking(query)
        if scope["type"] == "http" and scope["path"].startswith(PROGRAMS):  # the same for all: caches may keep it
            scope["headers"] = [each for each in scope["headers"] if each[0] != b"cookie"]
        await self._app(scope, receive, send)
