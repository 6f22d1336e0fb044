"""Decides what is told: a condition other than the last one told, once it has been seen without a break long enough."""

from dataclasses import dataclass, replace

from watcher.condition import Condition

LONGEST_PAUSE_SECONDS = 60.0  # between looks, a hung Postgres and webhook included; after more, nothing is continuous


@dataclass(frozen=True)
class Holds:
    """Seconds that a condition has to last before it is told."""

    trouble_seconds: float
    well_seconds: float
    catch_up_seconds: float

    def needed(self, told: Condition, seen: Condition) -> float:
        """How long `seen` has to last where `told` was told last."""
        if seen is Condition.WELL:
            return self.well_seconds
        if seen is Condition.DATA_OLD and told is not Condition.WELL:
            return max(self.catch_up_seconds, self.trouble_seconds)
        return self.trouble_seconds


@dataclass(frozen=True)
class Verdict:
    """What was told last, and what has been seen instead since when (seconds of a steady clock)."""

    told: Condition = Condition.WELL
    candidate: Condition | None = None
    since: float = 0.0
    looked_at: float | None = None

    def look(self, seen: Condition | None, at: float, holds: Holds) -> "Verdict":
        """The verdict after a look at time `at`; where its `told` differs from before, that is to be told now."""
        if seen is None or seen is self.told:
            return Verdict(self.told, looked_at=at)
        paused = self.looked_at is not None and at - self.looked_at > LONGEST_PAUSE_SECONDS
        if seen is not self.candidate or paused:
            return self._decided(replace(self, candidate=seen, since=at, looked_at=at), holds)
        return self._decided(replace(self, looked_at=at), holds)

    def lasted_seconds(self, seen: Condition, at: float) -> float:
        """How long `seen` has been the candidate at time `at`."""
        return at - self.since if seen is self.candidate else 0.0

    @staticmethod
    def _decided(verdict: "Verdict", holds: Holds) -> "Verdict":
        if verdict.candidate is None or verdict.looked_at is None:
            return verdict
        if verdict.looked_at - verdict.since < holds.needed(verdict.told, verdict.candidate):
            return verdict
        return Verdict(verdict.candidate, looked_at=verdict.looked_at)
