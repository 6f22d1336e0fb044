"""Twitch's rate headers, and a program's share of what they allow, never overspent. Pure: the time is passed in."""

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

POINTS_PER_MINUTE = 800  # that Twitch gives an application, and each of its users; every request here costs one
WINDOW_SECONDS = 60.0  # Twitch refills the whole bucket within a minute
SHORTEST_WAIT_SECONDS = 1.0  # Ratelimit-Reset is in whole seconds, and clocks differ
RESERVE = 3  # requests left over for other processes that spend from the same bucket


@dataclass
class Budget:
    """The requests left in Twitch's window. All times are seconds since 1970."""

    reserve: int = RESERVE
    remaining: int | None = None  # None: not known, so nothing holds a request back
    reset_at: float = 0.0
    in_flight: int = 0

    def wait_seconds(self, now: float) -> float:
        """Return the seconds until a request may go out; 0.0 if it may go now or nothing is known."""
        if self.remaining is None or self.remaining > self.reserve:
            return 0.0
        return max(0.0, self.reset_at - now)

    def spend(self, now: float) -> None:
        """Count a request as it goes out, before its answer reports what is left."""
        self.in_flight += 1
        if self.remaining is None:
            return
        self.remaining = None if now >= self.reset_at else max(0, self.remaining - 1)

    def settle(self, headers: Mapping[str, str], now: float) -> None:
        """Take over what the headers of an answer report, less the requests still in flight.

        Headers that are absent or no numbers, as after a lost connection, change nothing.
        """
        self.in_flight = max(0, self.in_flight - 1)
        remaining, reset_at = number(headers, "ratelimit-remaining"), number(headers, "ratelimit-reset")
        if remaining is None or reset_at is None:
            return
        self.remaining = max(0, int(remaining) - self.in_flight)
        self.reset_at = within_window(reset_at, now)

    def refused(self, headers: Mapping[str, str], now: float) -> float:
        """Note a 429, after which nothing is left; return when to ask again."""
        self.in_flight = max(0, self.in_flight - 1)
        reset_at = number(headers, "ratelimit-reset")
        self.remaining = 0
        self.reset_at = within_window(0.0 if reset_at is None else reset_at, now)
        return self.reset_at


class Share:
    """At most `points` requests in any minute, whichever sessions send them; thread-safe.

    `floor`: points that are left to others; a program that can wait leaves more than one that cannot.
    """

    def __init__(self, points: int = POINTS_PER_MINUTE, floor: int = RESERVE) -> None:
        self.points = points
        self.floor = floor
        self._lock = threading.Lock()
        self._spent: deque[float] = deque()  # times of the past minute's requests, seconds since 1970

    def take(self, now: float) -> float:
        """Count a request and return 0.0, or return the seconds until there is a point for it."""
        with self._lock:
            while self._spent and not now - WINDOW_SECONDS < self._spent[0] <= now:  # later: the clock was put back
                self._spent.popleft()
            if len(self._spent) >= self.points:
                return self._spent[0] + WINDOW_SECONDS - now
            self._spent.append(now)
            return 0.0


def within_window(reset_at: float, now: float) -> float:
    """Limit a reset time to one window: a wrong clock must neither stop us for hours nor let us hammer Twitch."""
    return min(max(reset_at, now + SHORTEST_WAIT_SECONDS), now + WINDOW_SECONDS)


def number(headers: Mapping[str, str], name: str) -> float | None:
    """Return a header as a number; None if it is absent or not one."""
    text = headers.get(name, "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
