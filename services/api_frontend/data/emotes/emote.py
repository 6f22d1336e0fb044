"""An emote as pages and programs name and show it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

KEY_PATTERN = r"^(twitch|7tv|bttv|ffz):[A-Za-z0-9_-]{1,100}$"
PROVIDERS = {"7tv": "7TV", "bttv": "BetterTTV", "ffz": "FrankerFaceZ", "twitch": "Twitch"}  # their own names
MOST_AT_ONCE = 5  # emotes side by side: more lines cannot be told apart


class EmoteKey(NamedTuple):
    """An emote at its provider, whatever its name."""

    provider: str
    id: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.id}"


@dataclass(frozen=True)
class Picture:
    """Where an emote's picture is. `still`: one that does not move; None: there is none."""

    address: str
    still: str | None


@dataclass(frozen=True, kw_only=True)
class ShownEmote:
    """An emote in a channel. `went_at`: since when the channel has it no longer; None: it has it, or nobody knows."""

    key: EmoteKey
    name: str
    picture: Picture | None = None
    went_at: datetime | None = None

    @property
    def provider_name(self) -> str:
        """Who provides it, as people call them."""
        return PROVIDERS[self.key.provider]


@dataclass(frozen=True, kw_only=True)
class UsedEmote:
    """How often an emote was used in a time. `people`: the distinct chatters of its busiest minute."""

    emote: ShownEmote
    uses: int
    people: int


def parse_key(text: str) -> EmoteKey:
    """Read `provider:id`. Raises ValueError."""
    if not re.fullmatch(KEY_PATTERN, text):
        raise ValueError("name an emote as provider:id, for example 7tv:01F6MKTFTG0009C9ZSNYTFV2ZF")
    provider, _, emote_id = text.partition(":")
    return EmoteKey(provider, emote_id)
