"""Faults on request: failing endpoints and an absent Discord."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass
class EndpointFault:
    """Fails the next `count` requests to an endpoint.

    `endpoint`: a path below /api/v10 with `*` for any part, optionally after a method: `POST /channels/*/messages`.
    `status` 0 cuts the connection. `acts`: the request still does its work before it fails. `code` and `message` make
    the body of an error, `body` replaces it. `retry_after_seconds` and `scope` (user, global, shared) are a 429's;
    `has_via` False makes it one of Cloudflare's, which clients must not repeat.
    """

    endpoint: str
    status: int
    count: int
    acts: bool = False
    delay_seconds: float = 0.0
    code: int = 0
    message: str = ""
    body: Any = None
    retry_after_seconds: float = 1.0
    scope: str = "user"
    has_via: bool = True

    def count_down(self) -> None:
        """Use up one of the failing requests."""
        self.count -= 1

    def matches(self, method: str, path: str) -> bool:
        """Return whether the fault applies to a request. `path`: below /api/v10."""
        words = self.endpoint.split()
        return fnmatchcase(path, words[-1]) and (len(words) == 1 or words[0].upper() == method)

    def only_delays(self) -> bool:
        """Return whether the request's own answer is given."""
        return 200 <= self.status < 300 and self.body is None


@dataclass
class Faults:
    """All active faults. `away_until`: until then (ms) nothing of Discord answers."""

    endpoints: list[EndpointFault] = field(default_factory=list)
    away_until: int = 0

    def set_endpoint(self, fault: EndpointFault) -> None:
        """Add a fault of an endpoint; a count of 0 cancels those added before."""
        if fault.count == 0:
            self.endpoints = [each for each in self.endpoints if each.endpoint != fault.endpoint]
        else:
            self.endpoints.append(fault)

    def set_away(self, until: int) -> None:
        """Let Discord be away until a time (ms)."""
        self.away_until = until

    def following(self, method: str, path: str) -> EndpointFault | None:
        """Return the fault for the next request and count it down."""
        for fault in self.endpoints:
            if fault.count > 0 and fault.matches(method, path):
                fault.count_down()
                return fault
        return None
