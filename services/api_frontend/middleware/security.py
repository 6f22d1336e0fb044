"""Security headers, and who a client is."""

from ipaddress import IPv6Address, ip_address

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_frontend.settings import ApiSettings

IPV6_NETWORK_BITS = 64  # one household gets a whole /64
CLOUDFLARE = "cf-connecting-ip"

log = structlog.get_logger()


def content_policy(settings: ApiSettings) -> str:
    """Return the strict policy: only our own files, the configured players and thumbnails."""
    rules = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "manifest-src": "'self'",
        "img-src": f"'self' {settings.image_sources}",
        "frame-src": settings.frame_sources,
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecurityHeaders:
    """Adds the security headers to every response."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def client_address(scope: Scope, trust_cloudflare: bool) -> str:
    """Identify the client: by the peer, or by Cloudflare's header if that is trusted. IPv6 by network."""
    peer = scope["client"][0] if scope.get("client") else "unknown"
    forwarded = Headers(scope=scope).get(CLOUDFLARE) if trust_cloudflare else None
    try:
        address = ip_address(forwarded or peer)
    except ValueError:
        return peer
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:  # what an IPv6 socket calls an IPv4 client
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> IPV6_NETWORK_BITS << IPV6_NETWORK_BITS))
    return str(address)


class Clients:
    """Tells clients apart for what one of them may take."""

    def __init__(self, trust_cloudflare: bool) -> None:
        self._trust_cloudflare = trust_cloudflare
        self._warned = False

    def of(self, scope: Scope) -> str:
        """Return the client's address, of IPv6 its network; warn once if all visitors look like one."""
        if not (self._trust_cloudflare or self._warned) and CLOUDFLARE in Headers(scope=scope):
            self._warned = True
            log.warning("visitors come through Cloudflare and count as one client; set API_TRUST_CLOUDFLARE=true")
        return client_address(scope, self._trust_cloudflare)
