"""Choose the watched channels: the pinned ones and those with the most viewers, without flapping at the edge."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

SURE_SHARE = 0.8  # of the top: a newcomer ranked this high gets a seat at once
STAY_SHARE = 1.25  # a channel with a seat keeps it down to this rank
MAX_MISSED_POLLS = 3  # before a channel that is not live loses its seat: streams flap


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A live channel, as Helix lists it."""

    channel_id: str
    login: str
    viewers: int
    game_id: str = ""
    game_name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceRules:
    """How many channels, of which games (ids or lower-case names) and languages; empty: all."""

    top: int
    games: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def admit(self, candidate: Candidate) -> bool:
        """Return whether the channel passes the filters."""
        plays = not self.games or candidate.game_id in self.games or candidate.game_name.lower() in self.games
        return plays and (not self.languages or candidate.language in self.languages)

    @property
    def ranks_needed(self) -> int:
        """How many ranks can matter."""
        return math.ceil(self.top * STAY_SHARE)


@dataclass(frozen=True, slots=True)
class Watched:
    """A channel on the list. `missed`: polls in a row in which it was not live."""

    login: str
    reason: Literal["pinned", "top"]
    missed: int = 0


Choice = dict[str, Watched]  # by channel id


def choose(
    present: Mapping[str, Watched], candidates: Iterable[Candidate], pinned: Mapping[str, str], rules: ChoiceRules
) -> Choice:
    """Return the new list. `pinned`: channel id to login; these are always on it and use no seat of the top."""
    admitted = [each for each in candidates if rules.admit(each) and each.channel_id not in pinned]
    ranked = sorted({each.channel_id: each for each in admitted}.values(), key=lambda c: (-c.viewers, c.channel_id))
    seated = {channel_id for channel_id, watched in present.items() if watched.reason == "top"}
    missing = missing_but_seated(present, {*pinned, *(each.channel_id for each in ranked)})
    free_seats = max(0, rules.top - len(missing))
    choice = {channel_id: Watched(login, "pinned") for channel_id, login in pinned.items()}
    choice |= {each.channel_id: Watched(each.login, "top") for each in assign_seats(ranked, seated, free_seats)}
    return choice | dict(list(missing.items())[: rules.top])


def missing_but_seated(present: Mapping[str, Watched], found: set[str]) -> Choice:
    """Return the channels that were not found in this poll and keep their seat for now."""
    return {
        channel_id: replace(watched, missed=watched.missed + 1)
        for channel_id, watched in present.items()
        if watched.reason == "top" and channel_id not in found and watched.missed < MAX_MISSED_POLLS
    }


def assign_seats(ranked: list[Candidate], seated: set[str], free_seats: int) -> list[Candidate]:
    """Fill the seats: first the clearly high ranks, then who had a seat and is not far down, then by rank."""
    sure = [each for rank, each in enumerate(ranked) if rank < free_seats * SURE_SHARE]
    stay = [each for rank, each in enumerate(ranked) if each.channel_id in seated and rank < free_seats * STAY_SHARE]
    ordered = {each.channel_id: each for each in [*sure, *stay, *ranked]}
    return list(ordered.values())[:free_seats]
