"""Addresses as pages write them: in the page's language, and never to the real Twitch where Twitch is simulated."""

from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit, urlunsplit

from markupsafe import Markup

from api_frontend.data.stored_moment import web_address
from api_frontend.reader import CURRENT, DEFAULT


def outward(address: str | None, demo: bool) -> str | None:
    """Return the address that a visitor may be sent to.

    Where Twitch is simulated, that is none of the real one, and of the simulator the same path of this site, which
    passes it on (embedded.demo_site): visitors on other machines do not reach the simulator.
    """
    if not address or not demo:
        return address
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host == "twitch.tv" or host.endswith(".twitch.tv"):
        return None
    return urlunsplit(("", "", parts.path, parts.query, "")) if is_loopback(host) else address


def is_loopback(host: str) -> bool:
    """Return whether the host is an address that means the machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def contact_link(contact: str) -> Markup:
    """Write a mail or web address as a link; any other text as it is."""
    if web_address(contact):
        return Markup('<a href="{0}" rel="noopener">{0}</a>').format(contact)
    return Markup('<a href="mailto:{0}">{0}</a>').format(contact) if "@" in contact else Markup.escape(contact)


def with_language(query: str, language: str | None = None) -> str:
    """Name the language in a query: this one, or the one that the page's address names; else the query as it is."""
    reader = CURRENT.get()
    named = language or (reader.language if reader.is_asked else None)
    return "&".join([part for part in (query, f"lang={named}" if named else "") if part])


def piece_in_language(path: str) -> str:
    """Return the address of what an open page asks for by itself, in the page's language."""
    return f"{path}{'&' if '?' in path else '?'}lang={CURRENT.get().language}"


def picture_in_language(path: str) -> str:
    """Return the address of a picture with the page's language; English is what it has by itself."""
    return path if CURRENT.get().language == DEFAULT else piece_in_language(path)


def embed_address(embed_url: str | None, frame_sources: str, domains: list[str]) -> str | None:
    """Return the player's address with the site as its parent; None if the policy would refuse to frame it."""
    if not embed_url:
        return None
    parts = urlsplit(embed_url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.scheme or parts.netloc else "'self'"
    if origin not in frame_sources.split():
        return None
    parents = urlencode([("parent", domain) for domain in domains] + [("autoplay", "true")])
    return f"{embed_url}{'&' if parts.query else '?'}{parents}"
