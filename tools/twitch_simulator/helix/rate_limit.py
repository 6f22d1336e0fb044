"""Helix's request budget: a bucket for each client and user that fills up steadily."""

import math
from dataclasses import dataclass


@dataclass
class Bucket:
    """The points left and when they were counted (ms since 1970)."""

    points: float
    counted_at: int


@dataclass(frozen=True)
class Budget:
    """What a request learns: whether it may go on, and the three headers' values."""

    allowed: bool
    limit: int
    remaining: int
    reset_at: int  # seconds since 1970: when the bucket is full again


class RateLimit:
    """`limit` requests a minute for each key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str, now: int, cost: int = 1) -> Budget:
        """Take `cost` points at `now` (ms); without enough of them nothing is taken."""
        bucket = self._buckets.setdefault(key, Bucket(self._limit, now))
        gained = (now - bucket.counted_at) / 60_000 * self._limit
        bucket.points, bucket.counted_at = min(self._limit, bucket.points + gained), now
        allowed = bucket.points >= cost
        if allowed:
            bucket.points -= cost
        missing_seconds = (self._limit - bucket.points) / self._limit * 60
        return Budget(allowed, self._limit, int(bucket.points), math.ceil(now / 1000 + missing_seconds))
