"""Decides when a condition is reported: once it differs from the last report and has lasted long enough."""

from dataclasses import dataclass, replace

from watcher.condition import Condition

MAX_PAUSE_SECONDS = 60.0  # between two checks, with Postgres and the webhook hanging; after a longer pause start anew


@dataclass(frozen=True)
class Delays:
    """Seconds that a condition must last before it is reported."""

    trouble_seconds: float
    well_seconds: float
    catch_up_seconds: float

    def required(self, last_reported: Condition, observed: Condition) -> float:
        """Return how long `observed` must last if `last_reported` was reported last."""
        if observed is Condition.WELL:
            return self.well_seconds
        if observed is Condition.DATA_OLD and last_reported is not Condition.WELL:
            return max(self.catch_up_seconds, self.trouble_seconds)
        return self.trouble_seconds


@dataclass(frozen=True)
class Debounce:
    """The condition reported last, and the different one observed since `since` (seconds of a monotonic clock)."""

    last_reported: Condition = Condition.WELL
    candidate: Condition | None = None
    since: float = 0.0
    checked_at: float | None = None

    def observe(self, observed: Condition | None, at: float, delays: Delays) -> "Debounce":
        """Return the state after a check at time `at`; if its `last_reported` differs, report that now."""
        if observed is None or observed is self.last_reported:
            return Debounce(self.last_reported, checked_at=at)
        paused = self.checked_at is not None and at - self.checked_at > MAX_PAUSE_SECONDS
        if observed is not self.candidate or paused:
            return self._settled(replace(self, candidate=observed, since=at, checked_at=at), delays)
        return self._settled(replace(self, checked_at=at), delays)

    def lasted_seconds(self, observed: Condition, at: float) -> float:
        """Return how long `observed` has been the candidate at time `at`."""
        return at - self.since if observed is self.candidate else 0.0

    @staticmethod
    def _settled(state: "Debounce", delays: Delays) -> "Debounce":
        if state.candidate is None or state.checked_at is None:
            return state
        if state.checked_at - state.since < delays.required(state.last_reported, state.candidate):
            return state
        return Debounce(state.candidate, checked_at=state.checked_at)
