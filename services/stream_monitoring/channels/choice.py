"""Which channels are watched: the pinned ones, and those with the most viewers, without coming and going."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

SURE_SHARE = 0.8  # a newcomer this high up takes a seat from whoever is below the top
STAY_SHARE = 1.25  # who has a seat keeps it down to this rank
PATIENCE = 3  # polls that a channel may be missing before it loses its seat: streams flap


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live channel, as Helix lists it."""

    channel_id: str
    login: str
    viewers: int
    game_id: str = ""
    game_name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """How many, and which games (ids or lower-case names) and languages; empty: all."""

    top: int
    games: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def admit(self, candidate: Candidate) -> bool:
        """Whether the filters let the channel in."""
        plays = not self.games or candidate.game_id in self.games or candidate.game_name.lower() in self.games
        return plays and (not self.languages or candidate.language in self.languages)

    @property
    def looked_at(self) -> int:
        """How many ranks matter."""
        return math.ceil(self.top * STAY_SHARE)


@dataclass(frozen=True, slots=True)
class Watched:
    """A channel on the list. `missed`: polls in a row in which it was not live."""

    login: str
    reason: Literal["pinned", "top"]
    missed: int = 0


Choice = dict[str, Watched]  # by channel id


def choose(
    present: Mapping[str, Watched], candidates: Iterable[Candidate], pinned: Mapping[str, str], rules: Rules
) -> Choice:
    """The new list. `pinned`: channel id to login; they are always on it and take no seat from the top."""
    admitted = [each for each in candidates if rules.admit(each) and each.channel_id not in pinned]
    ranked = sorted({each.channel_id: each for each in admitted}.values(), key=lambda c: (-c.viewers, c.channel_id))
    seated = {channel_id for channel_id, watched in present.items() if watched.reason == "top"}
    places = {each.channel_id: rank for rank, each in enumerate(ranked)}
    waiting = waiting_seats(present, places, pinned)
    free = max(0, rules.top - len(waiting))
    taken = seats(ranked, seated, free)
    choice = {channel_id: Watched(login, "pinned") for channel_id, login in pinned.items()}
    choice |= {each.channel_id: Watched(each.login, "top") for each in taken}
    return choice | dict(list(waiting.items())[: rules.top])


def waiting_seats(present: Mapping[str, Watched], places: Mapping[str, int], pinned: Mapping[str, str]) -> Choice:
    """Channels that are not live in this poll and still keep their seat."""
    here = {*places, *pinned}
    return {
        channel_id: replace(watched, missed=watched.missed + 1)
        for channel_id, watched in present.items()
        if watched.reason == "top" and channel_id not in here and channel_id not in pinned and watched.missed < PATIENCE
    }


def seats(ranked: list[Candidate], seated: set[str], free: int) -> list[Candidate]:
    """At most `free` of them: the surely high first, then who had a seat and is not far down, then by rank."""
    sure = [each for rank, each in enumerate(ranked) if rank < free * SURE_SHARE]
    stay = [each for rank, each in enumerate(ranked) if each.channel_id in seated and rank < free * STAY_SHARE]
    ordered = {each.channel_id: each for each in [*sure, *stay, *ranked]}
    return list(ordered.values())[:free]
