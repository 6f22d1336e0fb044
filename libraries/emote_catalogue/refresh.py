"""Asks one provider for its catalogues in turn and stores what changed. A thread for each: none waits for another."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from random import Random

import structlog

from emote_catalogue.emote import GLOBAL, CatalogueEmote
from emote_catalogue.errors import CatalogueError, Emptied, RateLimited, StoreFailed
from emote_catalogue.fetching import Answer, Fetch
from emote_catalogue.providers.answers import Provider, spent_seconds
from emote_catalogue.schedule import Pace, Schedule
from emote_catalogue.state import CatalogueState
from emote_catalogue.versions import Versions
from service_runtime.clock import now_ms

log = structlog.get_logger()
IDLE_SECONDS = 5.0  # at most, before the list of channels is looked at again


class Refresher:
    """One provider's refreshing. `clock`: seconds that only grow; `sleep`: how to wait for a request's slot."""

    def __init__(
        self,
        *,
        provider: Provider,
        versions: Versions,
        fetch: Fetch,
        state: CatalogueState,
        pace: Pace,
        rng: Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_ms: Callable[[], int] = now_ms,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._provider, self._versions, self._state = provider, versions, state
        self._fetch, self._clock, self._wall_ms, self._sleep = fetch, clock, wall_ms, sleep
        self._schedule = Schedule(pace, rng or Random())  # noqa: S311 - jitter is no secret
        self._wanted: tuple[str, ...] = ()
        self._doubted: set[str] = set()

    def watch(self, channel_ids: Iterable[str]) -> None:
        """Ask for these channels' catalogues from now on; from any thread."""
        self._wanted = tuple(each for each in channel_ids if each.isascii() and each.isdigit())

    def run(self, stop: threading.Event) -> None:
        """Refresh until `stop` is set: a worker of a Supervisor."""
        while not stop.is_set():
            stop.wait(min(IDLE_SECONDS, max(0.0, self.step())))

    def step(self) -> float:
        """Ask for the catalogue that is due, if one is; return the seconds until the next step is worth it."""
        now = self._clock()
        self._schedule.watch(self._wanted, now)
        scope = self._schedule.next_scope(now)
        if scope is None:
            return self._schedule.wait_seconds(now)
        try:
            changes = self._refresh(scope)
        except CatalogueError as error:
            self._schedule.failed(scope, error, self._clock())
            self._state.failed(self._provider.name, error)
            log.info(
                "no emote catalogue", provider=self._provider.name, scope=scope, kind=error.kind, reason=str(error)
            )
        else:
            self._schedule.answered(scope, self._clock())
            self._state.good(self._provider.name, changes)
        return self._schedule.wait_seconds(self._clock())

    def _refresh(self, scope: str) -> int:
        """Ask for a catalogue and store it; return how many emotes came and went."""
        emotes = self._ask(scope)
        try:
            self._doubt(scope, emotes)
            changed = self._versions.apply(scope, self._provider.name, emotes, self._wall_ms())
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error
        if any(changed):
            came, went = len(changed.came), len(changed.went)
            log.info("emotes changed", provider=self._provider.name, scope=scope, came=came, went=went)
        return len(changed.came) + len(changed.went)

    def _ask(self, scope: str) -> tuple[CatalogueEmote, ...]:
        if scope == GLOBAL:
            return self._provider.global_emotes(self._paced)
        return self._provider.channel_emotes(self._paced, scope)

    def _paced(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Send a request when its turn comes. Raises CatalogueError, also while the provider's limit is used up."""
        slots = self._schedule.slots
        held = slots.held_seconds(self._clock())
        if held:  # by the answer before, where a catalogue takes two requests
            raise RateLimited(held)
        self._sleep(slots.take(self._clock()))
        answer = self._fetch(url, headers)
        spent = spent_seconds(answer.headers)
        if spent:
            slots.hold(self._clock() + spent)
        return answer

    def _doubt(self, scope: str, emotes: tuple[CatalogueEmote, ...]) -> None:
        """Raise Emptied the first time that a catalogue with emotes comes back with none."""
        if emotes or scope in self._doubted:
            self._doubted.discard(scope)
        elif self._versions.in_force(scope, self._provider.name):
            self._doubted.add(scope)
            raise Emptied("all emotes are gone at once")
