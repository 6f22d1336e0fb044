"""Helix's rate limit: a token bucket for each client and user."""

import math
from dataclasses import dataclass


@dataclass
class TokenBucket:
    """The points left at `counted_at` (ms since 1970), of at most `limit`."""

    limit: int
    points: float
    counted_at: int

    def refill(self, now: int) -> None:
        """Add the points gained until `now` (ms)."""
        gained = (now - self.counted_at) / 60_000 * self.limit
        self.points, self.counted_at = min(self.limit, self.points + gained), now

    def spend(self, cost: int) -> bool:
        """Spend points if there are enough; return whether there were."""
        if self.points < cost:
            return False
        self.points -= cost
        return True


@dataclass(frozen=True)
class Allowance:
    """Whether a request is allowed, and the values of the three headers."""

    allowed: bool
    limit: int
    remaining: int
    reset_at: int  # seconds since 1970: when the bucket is full again


class RateLimit:
    """Allows `limit` requests per minute for each key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buckets: dict[str, TokenBucket] = {}

    def spend(self, key: str, now: int, cost: int = 1) -> Allowance:
        """Spend `cost` points at `now` (ms) if there are enough."""
        bucket = self._buckets.setdefault(key, TokenBucket(self._limit, self._limit, now))
        bucket.refill(now)
        allowed = bucket.spend(cost)
        missing_seconds = (self._limit - bucket.points) / self._limit * 60
        return Allowance(allowed, self._limit, int(bucket.points), math.ceil(now / 1000 + missing_seconds))
