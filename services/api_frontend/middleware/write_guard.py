"""Refuses writes that another website had a visitor's browser send."""

import re
from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api_frontend.middleware.errors import error_answer
from api_frontend.rendering import Renderer
from api_frontend.settings import ApiSettings
from api_frontend.translation import _

READING = {"GET", "HEAD", "OPTIONS"}  # methods that change nothing
OWN_PAGES = {"same-origin", "none"}  # Sec-Fetch-Site; "none": typed by the visitor
AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?")


def host_name(authority: str) -> str | None:
    """Return the name or address in `host:port` or `[address]:port`; None if it is neither."""
    found = AUTHORITY.fullmatch(authority)
    return (found[1] or found[2]).lower().removesuffix(".") if found else None


def is_address(name: str) -> bool:
    """Return whether the name is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_own_host(authority: str, domains: Collection[str]) -> bool:
    """Return whether the `Host` header names this site.

    Any IP address does: what an attacker can point at this machine (DNS rebinding) is a name.
    """
    name = host_name(authority)
    return name is not None and (name == "localhost" or name in domains or is_address(name))


def is_own_origin(headers: Headers) -> bool:
    """Return whether the request comes from a page of this site, or from no page.

    As Go's `http.CrossOriginProtection`: browsers tell by `Sec-Fetch-Site`, and by `Origin` where the connection is
    not encrypted; programs send neither. The scheme is not compared, since a tunnel ends the encryption.
    """
    fetch_site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if fetch_site not in OWN_PAGES | {None}:
        return False
    if origin is None or (origin == "null" and fetch_site is not None):
        return True
    return origin.partition("://")[2].lower() == headers.get("host", "").lower()


class WriteGuard:
    """Refuses with 403 what may change something and comes under a foreign name or from a foreign page."""

    def __init__(self, app: ASGIApp, renderer: Renderer, settings: ApiSettings) -> None:
        self._app, self._renderer = app, renderer
        self._domains = frozenset(domain.lower() for domain in settings.domains())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in READING:
            headers = Headers(scope=scope)
            if not is_own_host(headers.get("host", ""), self._domains):
                message = _("The site is not known by this name. Its operator sets its names with SITE_DOMAINS.")
                await self._refuse(scope, receive, send, "foreign_host", message)
                return
            if not is_own_origin(headers):
                message = _("This was sent from a page of another site. Send it from this site's own pages.")
                await self._refuse(scope, receive, send, "foreign_origin", message)
                return
        await self._app(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, code: str, message: str) -> None:
        answer = error_answer(self._renderer, scope["path"], 403, code, message)
        await answer(scope, receive, send)
