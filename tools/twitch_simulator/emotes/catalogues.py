"""What emotes each channel has at each provider: planned by the seed, changed by orders while it runs."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.foreign_emotes import PROVIDERS, common_names
from twitch_simulator.crowd.word_files import read_words

GLOBAL: Final = ""  # the scope of everybody's emotes; a channel's is its id
LARGEST: Final = {"7tv": 1000, "bttv": 100, "ffz": 50}  # emotes of the largest channel
SMALLEST = 12
WITHOUT_ACCOUNT: Final = {"7tv": 0.06, "bttv": 0.2, "ffz": 0.4}  # shares of the channels, but not the largest
EVERYWHERE = 30  # of the commonest names; behind them the share of channels falls with the rank
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ENDS: Final = (
    "Hype",
    "GG",
    "Wave",
    "Love",
    "Sad",
    "Lurk",
    "Raid",
    "Sip",
    "Dance",
    "Rage",
    "Cry",
    "Laugh",
    "Pog",
    "Hi",
    "Nod",
)


@dataclass(frozen=True, slots=True)
class SimulatedEmote:
    """An emote of a provider: `maker_name` is what its maker called it."""

    id: str
    name: str
    maker_name: str
    is_zero_width: bool = False
    is_animated: bool = False


def emote_id(provider: str, name: str) -> str:
    """Return an emote's id in the provider's form; equal names have equal ids."""
    number = int.from_bytes(hashlib.sha256(f"{provider}:{name}".encode()).digest()[:16], "big")
    if provider == "7tv":
        return "01" + "".join(CROCKFORD[number >> shift & 31] for shift in range(0, 120, 5))
    return f"{number % 16**24:024x}" if provider == "bttv" else str(1000 + number % 900_000)


def make_emote(provider: str, name: str) -> SimulatedEmote:
    """Make the emote that has a name at a provider. One in five moves; rain and hats lie over the emote before."""
    rng = Random(f"look:{provider}:{name}")
    is_zero_width = name in ("RainTime", "PETPET", "SteerR") or name.startswith("ffzX")
    maker_name = f"{name}OG" if rng.random() < 0.1 else name
    return SimulatedEmote(emote_id(provider, name), name, maker_name, is_zero_width, rng.random() < 0.2)


class Catalogues:
    """All catalogues by provider and scope, planned when they are first asked for."""

    def __init__(self, seed: int, channels: Sequence[Channel]) -> None:
        self._seed, self._channels = seed, {channel.channel_id: channel for channel in channels}
        self._most_viewers = max((channel.viewers for channel in channels), default=1)
        self._known: dict[tuple[str, str], list[SimulatedEmote] | None] = {}

    def of(self, provider: str, scope: str) -> list[SimulatedEmote] | None:
        """Return a catalogue; None where the channel has no account at the provider, or there is no such channel."""
        key = (provider, scope)
        if key not in self._known:
            self._known[key] = self._plan(provider, scope)
        return self._known[key]

    def add(self, provider: str, scope: str, name: str) -> SimulatedEmote:
        """Add an emote; the channel gets an account if it has none."""
        emote = make_emote(provider, name)
        others = [each for each in self.of(provider, scope) or [] if each.id != emote.id]
        self._known[provider, scope] = [*others, emote]
        return emote

    def add_many(self, provider: str, scope: str, name: str, count: int) -> SimulatedEmote:
        """Add emotes `name1`, `name2` and so on; return the last."""
        emotes = [make_emote(provider, f"{name}{number}") for number in range(1, count + 1)]
        ids = {each.id for each in emotes}
        self._known[provider, scope] = [each for each in self.of(provider, scope) or [] if each.id not in ids] + emotes
        return emotes[-1]

    def remove(self, provider: str, scope: str, name: str) -> SimulatedEmote:
        """Take an emote away. Raises KeyError."""
        emote = self._find(provider, scope, name)
        self._known[provider, scope] = [each for each in self.of(provider, scope) or [] if each is not emote]
        return emote

    def rename(self, provider: str, scope: str, name: str, new_name: str) -> SimulatedEmote:
        """Give an emote another name; its id stays. Raises KeyError."""
        emote = self._find(provider, scope, name)
        renamed = replace(emote, name=new_name)
        self._known[provider, scope] = [renamed if each is emote else each for each in self.of(provider, scope) or []]
        return renamed

    def _find(self, provider: str, scope: str, name: str) -> SimulatedEmote:
        for emote in self.of(provider, scope) or []:
            if emote.name == name:
                return emote
        raise KeyError(name)

    def _plan(self, provider: str, scope: str) -> list[SimulatedEmote] | None:
        if scope == GLOBAL:
            return [make_emote(provider, name) for name in read_words("emotes")[provider]["global"]]
        channel = self._channels.get(scope)
        if channel is None:
            return None
        rng, size = Random(f"emotes:{self._seed}:{provider}:{scope}"), self._relative_size(channel)
        if size < 1 and rng.random() < WITHOUT_ACCOUNT[provider]:
            return None
        names = planned_names(rng, provider, channel.login, max(SMALLEST, round(LARGEST[provider] * size)))
        return [make_emote(provider, name) for name in names]

    def _relative_size(self, channel: Channel) -> float:
        return float((channel.viewers / self._most_viewers) ** 0.5)


def planned_names(rng: Random, provider: str, login: str, count: int) -> list[str]:
    """Draw a channel's names: those that nearly every chat knows, then rarer ones, then its own."""
    ranks = {name: rank for rank, name in enumerate(common_names())}
    listed = read_words("emotes")[provider]["common"]
    known = [name for name in listed if rng.random() < EVERYWHERE / max(EVERYWHERE, ranks[name])][:count]
    own = (f"{login[:8]}{end}{number or ''}" for number in range(count) for end in ENDS)
    return known + [next(own) for _ in range(count - len(known))]


__all__ = ["GLOBAL", "PROVIDERS", "Catalogues", "SimulatedEmote", "emote_id", "make_emote"]
