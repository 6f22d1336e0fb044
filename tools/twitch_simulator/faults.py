"""What goes wrong on request: refused clips, failing endpoints, disorder on the wire, garbage."""

from dataclasses import dataclass, field
from random import Random
from typing import Any


@dataclass
class Refusal:
    """The next `count` Create Clip requests of a channel (any with an empty id) get `status` and `message`."""

    channel_id: str
    status: int
    message: str
    count: int


@dataclass
class EndpointFault:
    """The next `count` requests to an endpoint go wrong.

    `endpoint` is the path's last word (`clips`, `streams`, `token`), with a method before it where only that one is
    meant (`POST clips`). `acts`: the request still does its work before it fails. `body` replaces the answer.
    """

    endpoint: str
    status: int
    count: int
    acts: bool = False
    delay_seconds: float = 0.0
    body: Any = None

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is meant."""
        words = self.endpoint.split()
        wanted = words[-1].strip("/").removeprefix("helix/").removeprefix("oauth2/")
        actual = path.strip("/").removeprefix("helix/").removeprefix("oauth2/")
        return wanted == actual and (len(words) == 1 or words[0].upper() == method)


@dataclass
class Faults:
    """All faults that are on now."""

    refusals: list[Refusal] = field(default_factory=list)
    endpoints: list[EndpointFault] = field(default_factory=list)
    never_appear: int = 0
    disorder_share: float = 0.0
    disorder_seconds: float = 0.0
    duplicate_share: float = 0.0

    def take_refusal(self, channel_id: str) -> Refusal | None:
        """The refusal for a request to clip a channel, counted down."""
        for refusal in self.refusals:
            if refusal.count > 0 and refusal.channel_id in ("", channel_id):
                refusal.count -= 1
                return refusal
        return None

    def take_endpoint(self, method: str, path: str) -> EndpointFault | None:
        """The fault for a request, counted down."""
        for fault in self.endpoints:
            if fault.count > 0 and fault.matches(method, path):
                fault.count -= 1
                return fault
        return None

    def take_never_appear(self) -> bool:
        """Whether the clip made now is one that never appears, counted down."""
        if self.never_appear <= 0:
            return False
        self.never_appear -= 1
        return True


def garbage_line(rng: Random) -> bytes:
    """One line that no reader understands, without its line end."""
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
