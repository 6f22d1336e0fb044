"""The control API's requests: what a test may order, with limits and defaults."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from twitch_simulator.crowd.plays import KINDS as PLAYS
from twitch_simulator.crowd.plays import RULES
from twitch_simulator.delivery.notices import KINDS
from twitch_simulator.irc.rooms import Connection


class Order(BaseModel):
    """A control request; an unknown field is an error, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class BurstOrder(Order):
    """A crowd erupts for `seconds` in all, at most `messages_per_second`, with `chatters` different people."""

    login: str
    seconds: float = Field(20.0, gt=0, le=600)
    messages_per_second: float = Field(40.0, gt=0, le=20_000)
    chatters: int = Field(200, ge=1, le=20_000)
    emote: str = Field("LUL", min_length=1, max_length=40)


class Line(Order):
    """One scripted message."""

    user: str | int
    text: str = Field(max_length=500)


class MessagesOrder(Order):
    """Scripted messages, said at once and in order."""

    login: str
    lines: list[Line]


class SocketsOrder(Order):
    """Sockets by room, by number or all; `login` or `socket` may also be the word `all`."""

    login: str | None = None
    socket: int | Literal["all"] | None = None
    all: bool = False

    @model_validator(mode="after")
    def names_some(self) -> Self:
        """Refuse an order that means no socket."""
        if not self.all and self.login is None and self.socket is None:
            raise ValueError("name sockets by login or socket, or set all")
        return self

    def chosen(self, connections: list[Connection]) -> list[Connection]:
        """The sockets meant."""
        if self.all or self.login == "all" or self.socket == "all":
            return connections
        return [each for each in connections if each.number == self.socket or self.login in each.channels]


class DropOrder(SocketsOrder):
    """Close sockets; `abort` throws away what is not written yet."""

    abort: bool = False


class SilenceOrder(SocketsOrder):
    """Sockets stay open, get nothing and are not answered."""

    seconds: float = Field(gt=0)


class GarbageOrder(Order):
    """Garbage to all sockets: a number of made lines, or these."""

    lines: int | list[str] = 10


class ReconnectOrder(Order):
    """RECONNECT to all sockets, which are closed a while later."""

    close_after_seconds: float = Field(5.0, ge=0)


class RefuseOrder(Order):
    """The next Create Clip requests are refused, of one channel or of all."""

    login: str = ""
    status: int = Field(403, ge=400, le=599)
    message: str = "Clips are restricted for this channel."
    count: int = Field(1, ge=0)


class HelixFaultOrder(Order):
    """The next requests to an endpoint fail; see `EndpointFault`. A count of 0 takes it back."""

    endpoint: str
    status: int = Field(500, ge=200, le=599)
    count: int = Field(1, ge=0)
    acts: bool = False
    delay_seconds: float = Field(0.0, ge=0)
    body: Any = None


class RawOrder(Order):
    """A line as it is, to the sockets in a room or to all."""

    login: str = "all"
    line: str


class PlayOrder(Order):
    """People write for another reason than the picture; see plays.py. `amount`: a raid's viewers, gifts; 0 draws one.

    `burst`: a true burst by as many people begins a while after it.
    """

    login: str
    kind: Literal[PLAYS]  # type: ignore[valid-type]
    people: int = Field(60, ge=1, le=10_000)
    seconds: float = Field(15.0, gt=0, le=600)
    amount: int = Field(0, ge=0)
    burst: bool = False


class RuleOrder(Order):
    """One of a room's rules changes: 0 is off, 1 on, for `slow` the seconds, for `followers-only` -1 is off."""

    login: str
    rule: Literal[RULES]  # type: ignore[valid-type]
    value: int = Field(ge=-1)


class StreamOrder(Order):
    """A channel goes live or offline, or its title, game or viewers change."""

    login: str
    live: bool | None = None
    title: str | None = None
    game_name: str | None = None
    viewer_count: int | None = Field(None, ge=0)


class SecondsOrder(Order):
    """A time."""

    seconds: float = Field(ge=0)


class CountOrder(Order):
    """A number."""

    count: int = Field(1, ge=0)


class DisorderOrder(Order):
    """A share of the messages comes up to `seconds` late; a share of 0 ends it."""

    seconds: float = Field(ge=0)
    share: float = Field(ge=0, le=1)


class ShareOrder(Order):
    """A share of the messages."""

    share: float = Field(ge=0, le=1)


class ClockOrder(Order):
    """Twitch's clock against the machine's."""

    offset_ms: int


class RevokeOrder(Order):
    """User tokens turn bad; with `refresh` the refresh tokens too."""

    refresh: bool = False


class NoticeOrder(Order):
    """Something happens in a room. `amount`: raiders, months or gifts; `seconds`: a timeout's length."""

    login: str
    kind: Literal[KINDS]  # type: ignore[valid-type]
    amount: int = Field(5, ge=0)
    seconds: int = Field(600, ge=1)
