"""Finds an emote's picture: at the provider's own address, if the policy lets pages load it from there."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from api_frontend.data.emotes.emote import EmoteKey, Picture

STILL = {  # from the address that a provider's catalogue gives to the one of a picture that does not move
    "7tv": (re.compile(r"/2x\.webp$"), "/2x_static.webp"),
    "bttv": (re.compile(r"/2x\.webp$"), "/static/2x.webp"),
    "ffz": (re.compile(r"(?<=/)[124]$"), r"\g<0>"),  # what moves is at another address
}
Outward = Callable[[str], str | None]  # from an address to the one that a visitor's browser is given


class Pictures:
    """Knows each emote's picture. `twitch`: where Twitch's own are, `sources`: the policy's origins for pictures."""

    def __init__(self, twitch: str, sources: str, outward: Outward = lambda address: address) -> None:
        self._twitch, self._sources, self._outward = twitch.rstrip("/"), sources.split(), outward

    def of(self, key: EmoteKey, address: str, is_animated: bool | None) -> Picture | None:
        """Return an emote's picture; None where there is none that a page may show."""
        if key.provider == "twitch":
            address = f"{self._twitch}/{key.id}/default/dark/2.0"
            return self._allowed(address, f"{self._twitch}/{key.id}/static/dark/2.0")
        if not address:
            return None
        pattern, still = STILL[key.provider]
        found = pattern.sub(still, address) if pattern.search(address) else None
        return self._allowed(address, address if is_animated is False else found)

    def _allowed(self, address: str, still: str | None) -> Picture | None:
        shown = self._outward(address)
        if shown is None or not is_allowed(shown, self._sources):
            return None
        return Picture(shown, self._outward(still) if still else None)


def is_allowed(address: str, sources: list[str]) -> bool:
    """Return whether an origin of the policy covers the address; without a host it is of this site."""
    parts = urlsplit(address)
    if not parts.netloc:
        return "'self'" in sources and address.startswith("/")
    return any(covers(source, parts.scheme, parts.netloc) for source in sources)


def covers(source: str, scheme: str, host: str) -> bool:
    """Return whether a source such as https://*.example.org covers a host."""
    wanted = urlsplit(source)
    if not wanted.netloc or wanted.scheme != scheme:
        return False
    return host.endswith(wanted.netloc[1:]) if wanted.netloc.startswith("*.") else host == wanted.netloc
