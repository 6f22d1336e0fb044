"""What changed between two answers of one catalogue."""

from collections.abc import Iterable
from typing import NamedTuple

from emote_catalogue.emote import CatalogueEmote


class Differences(NamedTuple):
    """Emotes that came and went, and those that only look otherwise. One with a new name is in `came` and `went`."""

    came: list[CatalogueEmote]
    went: list[CatalogueEmote]
    redrawn: list[CatalogueEmote]


def differences(before: Iterable[CatalogueEmote], after: Iterable[CatalogueEmote]) -> Differences:
    """Compare two catalogues, in each of which an id stands once."""
    old, new = {emote.id: emote for emote in before}, {emote.id: emote for emote in after}
    came = [emote for emote in new.values() if emote.id not in old or old[emote.id].name != emote.name]
    went = [emote for emote in old.values() if emote.id not in new or new[emote.id].name != emote.name]
    same = [emote for emote in new.values() if emote.id in old and old[emote.id].name == emote.name]
    return Differences(came, went, [emote for emote in same if old[emote.id] != emote])
