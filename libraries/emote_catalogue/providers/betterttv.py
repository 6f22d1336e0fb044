"""BetterTTV, by version 3 of its API, at the addresses that it caches: the others promise nothing to outsiders."""

from typing import Final

import msgspec
from msgspec import Raw

from emote_catalogue.emote import CatalogueEmote, ProviderName, unique
from emote_catalogue.errors import NotThere
from emote_catalogue.fetching import Fetch
from emote_catalogue.providers.answers import decode, identifier, is_object, read_entries, whole

API = "https://api.betterttv.net/3/cached"
PICTURES = "https://cdn.betterttv.net"
ZERO_WIDTH: Final = frozenset(
    ("SoSnowy", "IceCold", "SantaHat", "TopHat", "ReinDeer", "CandyCane", "cvMask", "cvHazmat")
)  # the answers do not say it


class _Entry(msgspec.Struct, rename="camel"):
    """With `modifier` it is no emote: it changes how the next one looks."""

    id: str
    code: str
    image_type: str = ""
    animated: bool | None = None
    modifier: bool = False


class _Channel(msgspec.Struct, rename="camel"):
    channel_emotes: list[Raw]
    shared_emotes: list[Raw]


class BetterTtv:
    """Asks BetterTTV. `api` and `pictures`: where its API and its pictures are."""

    name: ProviderName = "bttv"

    def __init__(self, api: str = API, pictures: str = PICTURES) -> None:
        self._api, self._pictures = api.rstrip("/"), pictures.rstrip("/")

    def global_emotes(self, fetch: Fetch) -> tuple[CatalogueEmote, ...]:
        """Return the global emotes. Raises CatalogueError."""
        return self._emotes(decode(whole(fetch(f"{self._api}/emotes/global", {})), list[Raw]))

    def channel_emotes(self, fetch: Fetch, channel_id: str) -> tuple[CatalogueEmote, ...]:
        """Return the emotes that are the channel's and those it shares, none without an account."""
        try:
            body = whole(fetch(f"{self._api}/users/twitch/{channel_id}", {}), is_object)
        except NotThere:
            return ()
        channel = decode(body, _Channel)
        return self._emotes(channel.channel_emotes + channel.shared_emotes)

    def _emotes(self, entries: list[Raw]) -> tuple[CatalogueEmote, ...]:
        def read(entry: _Entry) -> CatalogueEmote | None:
            if entry.modifier:
                return None
            image = f"{self._pictures}/emote/{identifier(entry.id)}/2x.webp"
            is_animated = (entry.image_type == "gif" or None) if entry.animated is None else entry.animated
            return CatalogueEmote(entry.id, entry.code, entry.code in ZERO_WIDTH, is_animated, image)

        return unique(read_entries(entries, _Entry, read))
