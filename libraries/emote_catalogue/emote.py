"""An emote of a catalogue, and which of several with one name counts."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

ProviderName = Literal["ffz", "bttv", "7tv"]  # as in contracts.chat_messages.Emote
# Who counts where several have an emote of one name: first the channel's, then the global ones, in Chatterino's order.
PROVIDERS: Final[tuple[ProviderName, ...]] = ("ffz", "bttv", "7tv")
GLOBAL: Final = "global"  # the scope of emotes that every channel has; a channel's scope is its numeric id
NAME_LIMIT = 500  # characters: the most that Twitch lets a person write, so a longer name is never used
EmoteKey = tuple[ProviderName, str]  # provider and the emote's id there


class CatalogueEmote(msgspec.Struct, frozen=True):
    """An emote under the name that chat writes. `is_animated` is None where the provider does not say it.

    `image`: the address of its picture, "" where there is none.
    """

    id: str
    name: str
    is_zero_width: bool = False
    is_animated: bool | None = None
    image: str = ""


def is_usable(name: str) -> bool:
    """Return whether people can write the name as one token, and Postgres can store it."""
    return 0 < len(name) <= NAME_LIMIT and "\0" not in name and name.split() == [name]


def unique(emotes: Iterable[CatalogueEmote]) -> tuple[CatalogueEmote, ...]:
    """Return the usable emotes by id, each id once: of several names the first in order of the alphabet."""
    found: dict[str, CatalogueEmote] = {}
    for emote in sorted(emotes, key=lambda each: (each.id, each.name)):
        if is_usable(emote.name):
            found.setdefault(emote.id, emote)
    return tuple(found.values())
