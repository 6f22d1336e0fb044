"""Faults on request: refused clips, failing endpoints, disorder on the wire, garbage."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal

RESTRICTED: Final = "Clips are restricted for this channel."  # Twitch's message
NO_END: Final = 10**9  # requests


PageFault = Literal["repeat", "endless", "empty"]  # of Get Clips by broadcaster


@dataclass
class Refusal:
    """Refuses the next `count` Create Clip requests for a channel (any if the id is empty)."""

    channel_id: str
    status: int
    message: str
    count: int

    def count_down(self) -> None:
        """Use up one of the refused requests."""
        self.count -= 1


@dataclass
class EndpointFault:
    """Fails the next `count` requests to an endpoint.

    `endpoint` is the last part of the path (`clips`, `streams`, `token`), optionally after a method (`POST clips`).
    `acts`: the request still does its work before it fails. `body` replaces the answer.
    """

    endpoint: str
    status: int
    count: int
    acts: bool = False
    delay_seconds: float = 0.0
    body: Any = None

    def count_down(self) -> None:
        """Use up one of the failing requests."""
        self.count -= 1

    def matches(self, method: str, path: str) -> bool:
        """Return whether the fault applies to a request."""
        words = self.endpoint.split()
        wanted = words[-1].strip("/").removeprefix("helix/").removeprefix("oauth2/")
        actual = path.strip("/").removeprefix("helix/").removeprefix("oauth2/")
        return wanted == actual and (len(words) == 1 or words[0].upper() == method)


@dataclass
class Faults:
    """All active faults."""

    refusals: list[Refusal] = field(default_factory=list)
    endpoints: list[EndpointFault] = field(default_factory=list)
    pages: list[PageFault] = field(default_factory=list)
    never_appear: int = 0
    disorder_share: float = 0.0
    disorder_seconds: float = 0.0
    duplicate_share: float = 0.0

    def set_endpoint(self, fault: EndpointFault) -> None:
        """Add a fault of an endpoint; a count of 0 cancels those added before."""
        if fault.count == 0:
            self.endpoints = [each for each in self.endpoints if each.endpoint != fault.endpoint]
        else:
            self.endpoints.append(fault)

    def set_pages(self, kind: PageFault, count: int) -> None:
        """Let the next `count` pages of clips go wrong; 0 ends it."""
        self.pages = [kind] * count

    def next_page_fault(self) -> PageFault | None:
        """Return what goes wrong with the next page of clips."""
        return self.pages.pop(0) if self.pages else None

    def set_never_appear(self, count: int) -> None:
        """Let the next `count` clips never appear."""
        self.never_appear = count

    def set_disorder(self, share: float, seconds: float) -> None:
        """Delay a share of the messages by up to `seconds`."""
        self.disorder_share, self.disorder_seconds = share, seconds

    def set_duplicates(self, share: float) -> None:
        """Send a share of the messages twice."""
        self.duplicate_share = share

    def refuse_always(self, channel_ids: Iterable[str]) -> None:
        """Refuse every clip of these channels: their owners do not allow clips."""
        self.refusals += [Refusal(channel_id, 403, RESTRICTED, NO_END) for channel_id in channel_ids]

    def next_refusal(self, channel_id: str) -> Refusal | None:
        """Return the refusal for the next clip request of a channel and count it down."""
        for refusal in self.refusals:
            if refusal.count > 0 and refusal.channel_id in ("", channel_id):
                refusal.count_down()
                return refusal
        return None

    def next_endpoint_fault(self, method: str, path: str) -> EndpointFault | None:
        """Return the fault for the next request and count it down."""
        for fault in self.endpoints:
            if fault.count > 0 and fault.matches(method, path):
                fault.count_down()
                return fault
        return None

    def next_never_appears(self) -> bool:
        """Return whether the next clip never appears, and count it down."""
        if self.never_appear <= 0:
            return False
        self.never_appear -= 1
        return True


def garbage_line(rng: Random) -> bytes:
    """Return one malformed line without its line end."""
    kinds = (
        b"",
        b"\x00\x01\x02garbage",
        b"@",
        b"@=;=;=;",
        b"@tmi-sent-ts=yesterday;room-id=;id= :a!a@a.tmi.twitch.tv PRIVMSG #nobody :no time",
        b"@badge-info=;badges=;emotes=25:4-0,x-/:9;id=zzz;tmi-sent-ts=-1 PRIVMSG",
        b":tmi.twitch.tv",
        b":tmi.twitch.tv PRIVMSG",
        b"\xff\xfe\xfa PRIVMSG #\xc3\x28 :\xf0\x9f",
        b"@id=1;room-id=1;tmi-sent-ts=99999999999999999999 :x!x@x PRIVMSG #nobody :far future",
        b"WHATEVER " + b"x" * 20_000,
        rng.randbytes(40).replace(b"\n", b".").replace(b"\r", b"."),
    )
    return rng.choice(kinds)
