"""FrankerFaceZ, by version 1 of its API."""

from typing import Any

import msgspec
from msgspec import Raw

from emote_catalogue.emote import CatalogueEmote, ProviderName, unique
from emote_catalogue.errors import NotThere, WrongShape
from emote_catalogue.fetching import Fetch
from emote_catalogue.providers.answers import decode, is_object, read_entries, whole

API = "https://api.frankerfacez.com/v1"
PICTURES = "https://cdn.frankerfacez.com"


class _Entry(msgspec.Struct):
    """`urls`: the sizes that there are, by their factor. `animated`: likewise, for those that move."""

    id: int
    name: str
    modifier: bool = False
    urls: dict[str, Any] | None = None
    animated: dict[str, Any] | None = None


class _Set(msgspec.Struct):
    emoticons: list[Raw]


class _Global(msgspec.Struct):
    """`sets` has more than everybody sees; `default_sets` names those."""

    default_sets: list[int]
    sets: dict[str, _Set]


class _RoomHead(msgspec.Struct):
    set: int
    twitch_id: int | None = None


class _Room(msgspec.Struct):
    room: _RoomHead
    sets: dict[str, _Set]


class FrankerFaceZ:
    """Asks FrankerFaceZ. `api` and `pictures`: where its API and its pictures are."""

    name: ProviderName = "ffz"

    def __init__(self, api: str = API, pictures: str = PICTURES) -> None:
        self._api, self._pictures = api.rstrip("/"), pictures.rstrip("/")

    def global_emotes(self, fetch: Fetch) -> tuple[CatalogueEmote, ...]:
        """Return the emotes of the default sets. Raises CatalogueError."""
        answer = decode(whole(fetch(f"{self._api}/set/global", {})), _Global)
        return self._emotes(answer.sets, answer.default_sets)

    def channel_emotes(self, fetch: Fetch, channel_id: str) -> tuple[CatalogueEmote, ...]:
        """Return the emotes of the room's own set, none without an account. Raises CatalogueError."""
        try:
            body = whole(fetch(f"{self._api}/room/id/{channel_id}", {}), is_object)
        except NotThere:
            return ()
        answer = decode(body, _Room)
        if answer.room.twitch_id not in (None, int(channel_id)):
            raise WrongShape(f"the room of {channel_id} was asked for, and that of {answer.room.twitch_id} came")
        return self._emotes(answer.sets, [answer.room.set])

    def _emotes(self, sets: dict[str, _Set], numbers: list[int]) -> tuple[CatalogueEmote, ...]:
        missing = [number for number in numbers if str(number) not in sets]
        if missing:
            raise WrongShape(f"the answer names the sets {missing} and does not have them")
        return unique(
            read_entries([each for number in numbers for each in sets[str(number)].emoticons], _Entry, self._read)
        )

    def _read(self, entry: _Entry) -> CatalogueEmote:
        size = "1" if entry.urls and "2" not in entry.urls else "2"
        image = f"{self._pictures}/emote/{entry.id}/{size}"
        return CatalogueEmote(str(entry.id), entry.name, entry.modifier, bool(entry.animated), image)
