"""Notes under which address the site is asked, so that it can name itself elsewhere."""

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api_frontend.middleware.write_guard import is_own_host
from api_frontend.page_address import CURRENT, PageAddress
from api_frontend.settings import ApiSettings


def root_of(scope: Scope, settings: ApiSettings, domains: Collection[str]) -> str:
    """Return the site's scheme and host: the setting, else the `Host` if it is ours, else the first of our domains.

    A foreign `Host` never gets into an answer, which a cache might give to others. A tunnel ends the encryption,
    so that behind one the scheme is https whatever the connection says.
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = Headers(scope=scope).get("host", "")
    if not is_own_host(host, domains):
        return f"https://{settings.domains()[0]}"
    return f"{'https' if settings.trust_cloudflare else scope.get('scheme', 'http')}://{host.lower()}"


class PublicAddress:
    """Sets the page's address for everything that answers the request."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app, self._settings = app, settings
        self._domains = frozenset(domain.lower() for domain in settings.domains())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            CURRENT.set(PageAddress(root_of(scope, self._settings, self._domains), scope["path"]))
        await self._app(scope, receive, send)
