"""Helix's rate limit: a token bucket for each client and user."""

import math
from dataclasses import dataclass


@dataclass
class Bucket:
    """The points left at `counted_at` (ms since 1970)."""

    points: float
    counted_at: int


@dataclass(frozen=True)
class Budget:
    """Whether a request is allowed, and the values of the three headers."""

    allowed: bool
    limit: int
    remaining: int
    reset_at: int  # seconds since 1970: when the bucket is full again


class RateLimit:
    """Allows `limit` requests per minute for each key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buckets: dict[str, Bucket] = {}

    def spend(self, key: str, now: int, cost: int = 1) -> Budget:
        """Spend `cost` points at `now` (ms) if there are enough."""
        bucket = self._buckets.setdefault(key, Bucket(self._limit, now))
        gained = (now - bucket.counted_at) / 60_000 * self._limit
        bucket.points, bucket.counted_at = min(self._limit, bucket.points + gained), now
        allowed = bucket.points >= cost
        if allowed:
            bucket.points -= cost
        missing_seconds = (self._limit - bucket.points) / self._limit * 60
        return Budget(allowed, self._limit, int(bucket.points), math.ceil(now / 1000 + missing_seconds))
