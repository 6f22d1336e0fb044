"""Finds out in which language and time zone a visitor reads: the address decides, then a cookie, then the browser.

What programs read (the API, feeds, pictures) is English unless the address asks for another language.
"""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_frontend import page_address
from api_frontend.data.lists.periods import is_zone
from api_frontend.reader import CURRENT, DEFAULT, LANGUAGES, UTC_NAME, Reader

PARAMETER = COOKIE = "lang"
ZONE_COOKIE = "tz"
YEAR_SECONDS = 31_536_000
API = "/api/"  # its description has the parameter, so that it stays in the query
FOR_PROGRAMS = (API, "/static/", "/health", "/ready", "/openapi.json", "/events")
FILES = (".atom", ".png", ".ico", ".xml", ".txt", ".webmanifest")
PIECE = re.compile(r"/channels/[^/]+(/streams/[^/]+)?/live")  # of an open page, whose script names the page's language
VARYING = ("Accept-Language", "Cookie")  # what a page depends on
MOST_WISHES = 20  # languages in `Accept-Language`


def known(code: str) -> str | None:
    """Return the language that a code such as "de-AT" means to us; None if we do not speak it."""
    language = code.strip().lower().partition("-")[0]
    return language if language in LANGUAGES else None


def quality(weight: str) -> float:
    """Read a weight such as "q=0.8" (RFC 9110, 12.4.2); what is none counts as a refusal."""
    name, _, value = weight.strip().partition("=")
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0


def preferred(accepted: str) -> str | None:
    """Return the language that an `Accept-Language` wants most of those that we speak (RFC 9110, 12.5.4)."""
    wishes = []
    for wish in accepted.split(",")[:MOST_WISHES]:
        code, _, weight = wish.partition(";")
        wishes.append((quality(weight) if weight else 1.0, code))
    by_weight = sorted(wishes, key=lambda wish: -wish[0])
    return next((found for weight, code in by_weight if weight > 0 and (found := known(code))), None)


def is_for_programs(path: str) -> bool:
    """Return whether programs read the answer, those of our pages too."""
    return path.startswith(FOR_PROGRAMS) or path.endswith(FILES) or PIECE.fullmatch(path) is not None


def asked_language(query: bytes) -> str | None:
    """Return the language that an address names; None if it names none that we speak."""
    named = [value for name, value in parse_qsl(query.decode("latin-1")) if name == PARAMETER]
    return known(named[-1]) if named else None


def without_language(query: bytes) -> bytes:
    """Return the query without the language."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name != PARAMETER]).encode("ascii")


def zone_in(cookies: dict[str, str]) -> str:
    """Return the time zone that a cookie tells; UTC without one that is known."""
    zone = unquote(cookies.get(ZONE_COOKIE, ""))
    return zone if zone and is_zone(zone) else UTC_NAME


def reader_of(scope: Scope, asked: str | None) -> Reader:
    """Return who reads, for an address that asks for this language."""
    headers = Headers(scope=scope)
    cookies = cookie_parser(headers.get("cookie", ""))
    zone = UTC_NAME if PIECE.fullmatch(scope["path"]) else zone_in(cookies)  # a piece is kept under its address
    if asked or is_for_programs(scope["path"]):
        return Reader(asked or DEFAULT, asked is not None, zone)
    chosen = known(cookies.get(COOKIE, "")) or preferred(headers.get("accept-language", "")) or DEFAULT
    return Reader(chosen, zone=zone)


class Readers:
    """Sets the reader of each request, and remembers the language that a visitor chose."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asks = PARAMETER.encode() in scope["query_string"]
        asked = asked_language(scope["query_string"]) if asks else None
        if asks and not scope["path"].startswith(API):
            scope["query_string"] = without_language(scope["query_string"])
        CURRENT.set(reader_of(scope, asked))
        query = scope["query_string"].decode("latin-1") if scope["method"] in ("GET", "HEAD") else None
        page_address.CURRENT.set(replace(page_address.CURRENT.get(), query=query))
        await self._app(scope, receive, send if is_for_programs(scope["path"]) else said_to(send, asked, scope))


def said_to(send: Send, asked: str | None, scope: Scope) -> Send:
    """Say in the headers what the answer depends on, and keep the language that the address asks for in a cookie."""
    told = cookie_parser(Headers(scope=scope).get("cookie", "")).get(COOKIE)

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Language"] = CURRENT.get().language
            for name in VARYING:
                headers.add_vary_header(name)
            if asked and asked != told:
                headers.append("Set-Cookie", f"{COOKIE}={asked}; Max-Age={YEAR_SECONDS}; Path=/; SameSite=lax")
        await send(message)

    return send_with_headers
