"""Counts requests in windows of time, as Discord's buckets do."""

from collections import deque
from dataclasses import dataclass
from math import ceil
from typing import Final

INVALID_MS: Final = 600_000  # window of the invalid requests
MOST_WINDOWS: Final = 20_000  # then those that are over are forgotten


@dataclass
class Window:
    """Up to `limit` requests in `window_ms`, counted from the first one of a window."""

    limit: int
    window_ms: int
    resets_at: int = 0
    used: int = 0

    def take(self, now: int) -> bool:
        """Count a request at `now` (ms); return whether it is within the limit."""
        if now >= self.resets_at:
            self.resets_at, self.used = now + self.window_ms, 0
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def remaining(self) -> int:
        """Return how many requests are left in this window."""
        return self.limit - self.used

    def exhaust(self, now: int, milliseconds: int) -> None:
        """Use up the window, which ends `milliseconds` later."""
        self.resets_at, self.used = now + milliseconds, self.limit


@dataclass(frozen=True)
class Verdict:
    """Whether a request may pass, what its headers say, and for a refused one how long to wait."""

    allowed: bool
    headers: dict[str, str]
    retry_after_seconds: float = 0.0
    is_global: bool = False


class Buckets:
    """The windows of all routes and places. Numbers in `now` are ms since 1970."""

    def __init__(self, requests_per_second: int, scale: float = 1.0) -> None:
        self._all = Window(requests_per_second, 1000)
        self._scale = scale
        self._windows: dict[tuple[str, str], Window] = {}
        self.allowed = 0
        self.refused = 0
        self.refused_globally = 0

    def take(self, bucket: "Bucket", place: str, now: int, counts_globally: bool = True) -> Verdict:
        """Count a request of a bucket for a place (the channel's or server's id)."""
        if counts_globally and not self._all.take(now):
            self.refused_globally += 1
            wait = (self._all.resets_at - now) / 1000
            return Verdict(False, limited_headers(wait, "global"), wait, is_global=True)
        window = self._window(bucket, place, now)
        allowed = window.take(now)
        wait = max(0, window.resets_at - now) / 1000
        headers = {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(window.remaining()),
            "X-RateLimit-Reset": f"{window.resets_at / 1000:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": bucket.name,
        }
        if allowed:
            self.allowed += 1
            return Verdict(True, headers)
        self.refused += 1
        return Verdict(False, headers | limited_headers(wait, "user"), wait)

    def _window(self, bucket: "Bucket", place: str, now: int) -> Window:
        limit = max(1, round(bucket.limit * self._scale))
        if len(self._windows) > MOST_WINDOWS:
            self._windows = {key: each for key, each in self._windows.items() if each.resets_at > now}
        return self._windows.setdefault((bucket.name, place), Window(limit, bucket.window_ms))

    def exhaust(self, bucket: "Bucket", place: str, now: int, milliseconds: int) -> None:
        """Use up a bucket."""
        self._window(bucket, place, now).exhaust(now, milliseconds)

    def exhaust_all(self, now: int, milliseconds: int) -> None:
        """Use up the global limit."""
        self._all.exhaust(now, milliseconds)


@dataclass(frozen=True)
class Bucket:
    """A route's limit: `name` is the hash that headers show."""

    name: str
    limit: int
    window_ms: int


def limited_headers(wait_seconds: float, scope: str) -> dict[str, str]:
    """Return the headers that a 429 has. `scope`: user, global or shared."""
    headers = {"Retry-After": str(max(1, ceil(wait_seconds))), "X-RateLimit-Scope": scope}
    return headers | ({"X-RateLimit-Global": "true"} if scope == "global" else {})


def limited_body(wait_seconds: float, is_global: bool) -> dict[str, object]:
    """Return the body of a 429. `wait_seconds`: with three decimals, as Discord has it."""
    body: dict[str, object] = {"message": "You are being rate limited.", "retry_after": round(wait_seconds, 3)}
    return body | {"global": is_global}


class InvalidRequests:
    """Counts answers with 401, 403 and 429: too many in ten minutes close the address."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: deque[int] = deque()

    def count(self, status: int, now: int, scope: str = "") -> None:
        """Count an answer; a shared 429 is nobody's fault."""
        if status in (401, 403) or (status == 429 and scope != "shared"):
            self._times.append(now)

    def in_window(self, now: int) -> int:
        """Return the invalid requests of the last ten minutes."""
        while self._times and self._times[0] <= now - INVALID_MS:
            self._times.popleft()
        return len(self._times)

    def is_closed(self, now: int) -> bool:
        """Return whether the address is closed."""
        return self.in_window(now) >= self._limit
