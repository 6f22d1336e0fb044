"""Which catalogue of one provider is asked for next, and when. Pure: time (seconds) and chance are passed in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from emote_catalogue.emote import GLOBAL
from emote_catalogue.errors import CatalogueError, RateLimited
from service_runtime.backoff import Backoff

PROVIDER_AGAIN = Backoff(first_seconds=5.0, longest_seconds=300.0)  # after failures of the provider as a whole
FIRST_AGAIN_SECONDS = 60.0  # for the catalogue at which such a failure was met; the next one may do better
LONGEST_AGAIN_SECONDS = 3600.0  # for a catalogue that fails and fails


@dataclass(frozen=True)
class Pace:
    """How often to ask. `jitter`: the share by which a pause is shorter or longer, so that requests spread evenly."""

    channel_seconds: float = 300.0
    global_seconds: float = 900.0
    jitter: float = 0.2
    requests_per_second: float = 2.0

    def seconds(self, scope: str) -> float:
        """Return the pause between two good answers of a catalogue."""
        return self.global_seconds if scope == GLOBAL else self.channel_seconds


@dataclass
class Slots:
    """The moments at which requests may go out: evenly spaced, and none before `held_until`."""

    requests_per_second: float
    held_until: float = 0.0
    _next_at: float = 0.0

    def hold(self, until: float) -> None:
        """Let no request go out before `until`."""
        self.held_until = max(self.held_until, until)

    def held_seconds(self, now: float) -> float:
        """Return how long requests are held back."""
        return max(0.0, self.held_until - now)

    def take(self, now: float) -> float:
        """Take the next slot; return the seconds until then."""
        at = max(now, self._next_at, self.held_until)
        self._next_at = at + 1 / self.requests_per_second
        return at - now


@dataclass
class Turn:
    """When a catalogue is due, and how often it failed in a row."""

    due_at: float
    failures: int = 0


@dataclass
class Schedule:
    """The turns of one provider's catalogues: the global one and those of the watched channels."""

    pace: Pace
    rng: Random
    slots: Slots = field(init=False)
    _failures: int = 0  # of the provider in a row
    _turns: dict[str, Turn] = field(default_factory=lambda: {GLOBAL: Turn(0.0)})

    def __post_init__(self) -> None:
        self.slots = Slots(self.pace.requests_per_second)

    def watch(self, channel_ids: Iterable[str], now: float) -> None:
        """Ask for these channels from now on: new ones as soon as may be, in their order."""
        wanted = [GLOBAL, *channel_ids]
        self._turns = {scope: self._turns.get(scope) or Turn(now) for scope in wanted}

    def next_scope(self, now: float) -> str | None:
        """Return the catalogue to ask for now: the one that waits the longest."""
        if self.slots.held_seconds(now):
            return None
        scope = min(self._turns, key=self._due_at)
        return scope if self._due_at(scope) <= now else None

    def wait_seconds(self, now: float) -> float:
        """Return the seconds until a catalogue is due."""
        return max(self.slots.held_until, min(turn.due_at for turn in self._turns.values())) - now

    def answered(self, scope: str, now: float) -> None:
        """Note a good answer."""
        self._failures = 0
        shift = 1 + self.pace.jitter * self.rng.uniform(-1, 1)
        self._set(scope, Turn(now + self.pace.seconds(scope) * shift))

    def failed(self, scope: str, error: CatalogueError, now: float) -> None:
        """Note a failure: who is asked again when depends on whether it is the provider's."""
        turn = self._turns.get(scope) or Turn(now)
        if error.is_providers:
            self._failures += 1
            asked_for = getattr(error, "wait_seconds", None) or 0.0
            self.slots.hold(now + max(asked_for, PROVIDER_AGAIN.wait_seconds(self._failures)))
        if isinstance(error, RateLimited):  # says nothing about this catalogue
            self._set(scope, Turn(now, turn.failures))
            return
        first = FIRST_AGAIN_SECONDS if error.is_providers else self.pace.seconds(scope)
        again = Backoff(first, max(first, LONGEST_AGAIN_SECONDS)).wait_seconds(turn.failures + 1)
        self._set(scope, Turn(now + again, turn.failures + 1))

    def _due_at(self, scope: str) -> float:
        return self._turns[scope].due_at

    def _set(self, scope: str, turn: Turn) -> None:
        if scope in self._turns:  # else it was taken off the list while it was asked for
            self._turns[scope] = turn
