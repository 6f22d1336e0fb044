"""7TV, by version 3 of its API.

Since August 2026 a user's answer has `emote_set: null`, and its set is a second request. Reading that null as "no
emotes" would count nothing and report nothing, so only a null `emote_set_id` means that there is no set.
"""

import msgspec
from msgspec import UNSET, Raw, UnsetType

from emote_catalogue.emote import CatalogueEmote, ProviderName, unique
from emote_catalogue.errors import NotThere, WrongShape
from emote_catalogue.fetching import Fetch
from emote_catalogue.providers.answers import HOST_PATH, IDENTIFIER, UNREADABLE, decode, identifier, read_entries, whole

API = "https://7tv.io/v3"
MISSING_SET_AWARE = {"X-7tv-Missing-EmoteSet-Aware": "1"}
NO_SUCH_USER = 12000
ENTRY_ZERO_WIDTH = 1 << 0
EMOTE_ZERO_WIDTH = 1 << 8  # clients disagree which of the two counts


class _Host(msgspec.Struct):
    url: str


class _Data(msgspec.Struct):
    flags: int = 0
    animated: bool | None = None
    host: _Host | None = None


class _Entry(msgspec.Struct):
    """`name` is the channel's own for it, `data.name` its maker's."""

    id: str
    name: str
    flags: int = 0
    data: _Data | None = None


class _Set(msgspec.Struct):
    """`emotes` is left out where the set is empty, and where the set is only named."""

    id: str | None = None
    emotes: list[Raw] | UnsetType = UNSET
    emote_count: int | None = None


class _User(msgspec.Struct):
    emote_set: _Set | None = None
    emote_set_id: str | UnsetType | None = UNSET


class _Failure(msgspec.Struct):
    error_code: int


class SevenTv:
    """Asks 7TV. `api`: the address of its API; pictures are asked for with the same scheme."""

    name: ProviderName = "7tv"

    def __init__(self, api: str = API) -> None:
        self._api = api.rstrip("/")
        self._scheme = self._api.partition(":")[0]

    def global_emotes(self, fetch: Fetch) -> tuple[CatalogueEmote, ...]:
        """Return the emotes of the global set. Raises CatalogueError."""
        return self._set(fetch, "global")

    def channel_emotes(self, fetch: Fetch, channel_id: str) -> tuple[CatalogueEmote, ...]:
        """Return the emotes of the channel's active set, none without an account or a set. Raises CatalogueError."""
        try:
            body = whole(fetch(f"{self._api}/users/twitch/{channel_id}", MISSING_SET_AWARE), says_no_such_user)
        except NotThere:
            return ()
        found = active_set(body)
        if isinstance(found, _Set):
            return set_emotes(found, self._scheme)
        return self._set(fetch, found) if found else ()

    def _set(self, fetch: Fetch, set_id: str) -> tuple[CatalogueEmote, ...]:
        emote_set = decode(whole(fetch(f"{self._api}/emote-sets/{set_id}", {})), _Set)
        if set_id != "global" and emote_set.id != set_id:
            raise WrongShape(f"the set {set_id} was asked for, and {emote_set.id} came")
        return set_emotes(emote_set, self._scheme)


def says_no_such_user(body: bytes) -> bool:
    """Return whether a 404 says that the channel has no account."""
    try:
        return msgspec.json.decode(body, type=_Failure).error_code == NO_SUCH_USER
    except UNREADABLE:
        return False


def active_set(body: bytes) -> _Set | str | None:
    """Return a user's active set where the answer holds it, else its id; None for a user without one.

    Raises WrongShape where the answer names neither a set nor its absence.
    """
    user = decode(body, _User)
    embedded, set_id = user.emote_set, user.emote_set_id
    if embedded is not None:
        set_id = embedded.id if set_id is UNSET or set_id is None else set_id
        if embedded.emotes is not UNSET and embedded.id == set_id:
            return embedded
    elif set_id is None:
        return None
    if not isinstance(set_id, str) or not IDENTIFIER.fullmatch(set_id):
        raise WrongShape("the user's answer names no set, and does not say that there is none")
    return set_id


def set_emotes(emote_set: _Set, scheme: str) -> tuple[CatalogueEmote, ...]:
    """Return a set's emotes. Raises WrongShape, also where the set counts emotes and shows none."""
    entries = [] if emote_set.emotes is UNSET else emote_set.emotes
    if not entries and emote_set.emote_count:
        raise WrongShape(f"the set counts {emote_set.emote_count} emotes and shows none")

    def read(entry: _Entry) -> CatalogueEmote:
        data = entry.data or _Data()
        is_zero_width = bool(entry.flags & ENTRY_ZERO_WIDTH or data.flags & EMOTE_ZERO_WIDTH)
        host = data.host.url if data.host and HOST_PATH.fullmatch(data.host.url) else ""
        image = f"{scheme}:{host}/2x.webp" if host else ""
        return CatalogueEmote(identifier(entry.id), entry.name, is_zero_width, data.animated, image)

    return unique(read_entries(entries, _Entry, read))
