"""Choose the watched channels: the pinned ones and those with the most viewers, without flapping at the edge."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

SURE_SHARE = 0.8  # of the top: a newcomer ranked this high gets a seat at once
STAY_SHARE = 1.25  # a channel with a seat keeps it down to this rank
KEEP_SEAT_SECONDS = 180.0  # that a channel which is not live keeps its seat: streams flap


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A live channel, as Helix lists it."""

    channel_id: str
    login: str
    viewers: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceRules:
    """How many channels, of which languages (empty: all), and how long one that is missing keeps its seat."""

    top: int
    languages: frozenset[str] = frozenset()
    keep_seconds: float = KEEP_SEAT_SECONDS

    def admit(self, candidate: Candidate) -> bool:
        """Return whether the channel passes the filter."""
        return not self.languages or candidate.language in self.languages

    @property
    def ranks_needed(self) -> int:
        """How many ranks can matter."""
        return math.ceil(self.top * STAY_SHARE)


@dataclass(frozen=True, slots=True)
class Watched:
    """A channel on the list. `missing_since`: seconds of the chooser's clock, None while it is live."""

    login: str
    reason: Literal["pinned", "top"]
    missing_since: float | None = None


Choice = dict[str, Watched]  # by channel id


def choose(
    present: Mapping[str, Watched],
    candidates: Iterable[Candidate],
    pinned: Mapping[str, str],
    rules: ChoiceRules,
    now: float,
) -> Choice:
    """Return the new list at `now` (seconds).

    `pinned`: channel id to login; these are always on it and use no seat of the top.
    """
    admitted = [each for each in candidates if rules.admit(each) and each.channel_id not in pinned]
    ranked = sorted({each.channel_id: each for each in admitted}.values(), key=lambda c: (-c.viewers, c.channel_id))
    seated = {channel_id for channel_id, watched in present.items() if watched.reason == "top"}
    found = {*pinned, *(each.channel_id for each in ranked)}
    missing = missing_but_seated(present, found, now, rules.keep_seconds)
    free_seats = max(0, rules.top - len(missing))
    choice = {channel_id: Watched(login, "pinned") for channel_id, login in pinned.items()}
    choice |= {each.channel_id: Watched(each.login, "top") for each in assign_seats(ranked, seated, free_seats)}
    return choice | dict(list(missing.items())[: rules.top])


def missing_but_seated(present: Mapping[str, Watched], found: set[str], now: float, keep_seconds: float) -> Choice:
    """Return the channels that were not found this time and keep their seat for now."""
    missing = {
        channel_id: replace(watched, missing_since=now if watched.missing_since is None else watched.missing_since)
        for channel_id, watched in present.items()
        if watched.reason == "top" and channel_id not in found
    }
    return {key: each for key, each in missing.items() if now - (each.missing_since or 0.0) < keep_seconds}


def assign_seats(ranked: list[Candidate], seated: set[str], free_seats: int) -> list[Candidate]:
    """Fill the seats: first the clearly high ranks, then who had a seat and is not far down, then by rank."""
    sure = [each for rank, each in enumerate(ranked) if rank < free_seats * SURE_SHARE]
    stay = [each for rank, each in enumerate(ranked) if each.channel_id in seated and rank < free_seats * STAY_SHARE]
    ordered = {each.channel_id: each for each in [*sure, *stay, *ranked]}
    return list(ordered.values())[:free_seats]
