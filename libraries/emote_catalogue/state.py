"""How the providers do, for /ready and the metrics; safe to share between threads."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from contracts import metrics
from emote_catalogue.emote import PROVIDERS, ProviderName
from emote_catalogue.errors import CatalogueError
from service_runtime.measures import measure

FAILURES_TO_NOTE = 3  # in a row; a single one happens every day
STALE_SECONDS = 1200.0  # without a good answer; the global catalogue alone brings one every 18 minutes


@dataclass
class Health:
    """One provider's last good answer (None: none since the start), and what happened since."""

    good_at: float | None = None
    failures: int = 0
    last_failure: str = ""
    by_kind: dict[str, int] = field(default_factory=dict)


class CatalogueState:
    """All providers. `clock`: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._started_at = clock, clock()
        self._lock = threading.Lock()
        self._health = {provider: Health() for provider in PROVIDERS}

    def expose(self) -> None:
        """Show the ages among the process's metrics, as they are when they are asked for."""
        for provider in PROVIDERS:
            gauge = measure(metrics.EMOTE_CATALOGUE_AGE).labels(provider=provider)
            gauge.set_function(lambda provider=provider: self.age_seconds(provider))

    def good(self, provider: ProviderName, changes: int) -> None:
        """Note a good answer that changed so many emotes."""
        measure(metrics.EMOTE_CATALOGUE_ANSWERS).labels(provider=provider, outcome="good").inc()
        measure(metrics.EMOTE_CATALOGUE_CHANGES).labels(provider=provider).inc(changes)
        with self._lock:
            health = self._health[provider]
            health.good_at, health.failures = self._clock(), 0

    def failed(self, provider: ProviderName, error: CatalogueError) -> None:
        """Note a failure."""
        measure(metrics.EMOTE_CATALOGUE_ANSWERS).labels(provider=provider, outcome=error.kind).inc()
        with self._lock:
            health = self._health[provider]
            health.failures += 1
            health.last_failure = f"{error.kind}: {error}"
            health.by_kind[error.kind] = health.by_kind.get(error.kind, 0) + 1

    def age_seconds(self, provider: ProviderName) -> float:
        """Return the age of the provider's last good answer, or the time since the start."""
        good_at = self._health[provider].good_at
        return self._clock() - (self._started_at if good_at is None else good_at)

    def failures(self, provider: ProviderName) -> dict[str, int]:
        """Return how often the provider failed since the start, by kind."""
        with self._lock:
            return dict(self._health[provider].by_kind)

    def notes(self) -> dict[str, str]:
        """Return which providers fail, for /ready: nothing but newer emotes is missing, so it is no problem there."""
        with self._lock:
            failing = {name: each for name, each in self._health.items() if self._is_failing(name, each)}
            return {f"emotes of {name}": self._note(name, each) for name, each in failing.items()}

    def _is_failing(self, provider: ProviderName, health: Health) -> bool:
        return health.failures >= FAILURES_TO_NOTE or self.age_seconds(provider) > STALE_SECONDS

    def _note(self, provider: ProviderName, health: Health) -> str:
        since = "since the start" if health.good_at is None else "in a row"
        age = f"no good answer for {self.age_seconds(provider):.0f} s, {health.failures} failures {since}"
        return f"{age}; the last good catalogue serves. {health.last_failure}".rstrip()
