"""Security headers, and who a client is."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_frontend.settings import ApiSettings

IPV6_NETWORK_BITS = 64  # one household gets a whole /64
IPV4_NETWORK_BITS = 24  # what one provider hands out to customers of one place
CLOUDFLARE = "cf-connecting-ip"
PROXY = "x-forwarded-for"
Network = IPv4Network | IPv6Network

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
        headers = {
            "Content-Security-Policy": content_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address; one that an IPv6 socket calls ::ffff:a.b.c.d is the IPv4 address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def client_of(address: IPv4Address | IPv6Address) -> str:
    """Name the client who has this address: of IPv6 its network."""
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> IPV6_NETWORK_BITS << IPV6_NETWORK_BITS))
    return str(address)


class Clients:
    """Tells clients apart for what one of them may take.

    Behind our proxy the peer is whom the proxy names. Cloudflare's header counts only if it is trusted and the peer is
    in one of the tunnel's networks.
    """

    def __init__(
        self, trust_cloudflare: bool, tunnel_networks: Iterable[Network] = (), *, trust_proxy: bool = False
    ) -> None:
        self._trust_cloudflare, self._trust_proxy = trust_cloudflare, trust_proxy
        self._networks = tuple(tunnel_networks)
        self._warned = False

    def of(self, scope: Scope) -> str:
        """Return the client's address, of IPv6 its network; warn once if all visitors look like one."""
        told = Headers(scope=scope).get(CLOUDFLARE)
        if told is not None and not (self._trust_cloudflare or self._warned):
            self._warned = True
            log.warning("visitors come through Cloudflare and count as one client; set API_TRUST_CLOUDFLARE=true")
        peer_text = self._peer(scope)
        peer = parsed(peer_text)
        if peer is None:
            return str(peer_text)
        return client_of((self._told(peer, told) if told is not None else None) or peer)

    def _peer(self, scope: Scope) -> str:
        """Return who sent the request to us, or to our proxy."""
        told = Headers(scope=scope).get(PROXY, "") if self._trust_proxy else ""
        if parsed(told) is not None:
            return told
        return str(scope["client"][0]) if scope.get("client") else "unknown"

    def network_of(self, scope: Scope) -> str:
        """Return the network that a client's voices are counted for: /24 of IPv4, /64 of IPv6."""
        client = self.of(scope)
        address = parsed(client)
        if not isinstance(address, IPv4Address):
            return client
        return str(IPv4Network((address, IPV4_NETWORK_BITS), strict=False))

    def _told(self, peer: IPv4Address | IPv6Address, told: str) -> IPv4Address | IPv6Address | None:
        is_tunnel = self._trust_cloudflare and any(peer in network for network in self._networks)
        return parsed(told) if is_tunnel else None
