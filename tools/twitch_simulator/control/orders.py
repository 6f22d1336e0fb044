"""The control API's request bodies, with limits and defaults."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from twitch_simulator.crowd.plays import KINDS as PLAYS
from twitch_simulator.crowd.plays import RULES
from twitch_simulator.delivery.notices import KINDS
from twitch_simulator.faults import RESTRICTED
from twitch_simulator.irc.rooms import Connection


class Order(BaseModel):
    """A control request; an unknown field is an error, so that a misspelled one is noticed."""

    model_config = ConfigDict(extra="forbid")


class BurstOrder(Order):
    """Start a burst of `seconds` with at most `messages_per_second` and `chatters` different people."""

    login: str
    seconds: float = Field(20.0, gt=0, le=600)
    messages_per_second: float = Field(40.0, gt=0, le=20_000)
    chatters: int = Field(200, ge=1, le=20_000)
    emote: str = Field("LUL", min_length=1, max_length=40)


class ChatLine(Order):
    """One scripted message."""

    user: str | int
    text: str = Field(max_length=500)


class MessagesOrder(Order):
    """Send scripted messages at once and in order."""

    login: str
    lines: list[ChatLine]


class SocketsOrder(Order):
    """Selects sockets by room, by number or all; `login` or `socket` may also be `all`."""

    login: str | None = None
    socket: int | Literal["all"] | None = None
    all: bool = False

    @model_validator(mode="after")
    def names_some(self) -> Self:
        """Refuse an order that selects no socket."""
        if not self.all and self.login is None and self.socket is None:
            raise ValueError("select sockets by login or socket, or set all")
        return self

    def chosen(self, connections: list[Connection]) -> list[Connection]:
        """Return the selected sockets."""
        if self.all or self.login == "all" or self.socket == "all":
            return connections
        return [each for each in connections if each.number == self.socket or self.login in each.channels]


class DropOrder(SocketsOrder):
    """Close sockets; `abort` discards what is not written yet."""

    abort: bool = False


class SilenceOrder(SocketsOrder):
    """Keep sockets open without sending to them or answering them."""

    seconds: float = Field(gt=0)


class GarbageOrder(Order):
    """Send malformed lines to all sockets: a number of generated ones, or the given ones."""

    lines: int | list[str] = 10


class ReconnectOrder(Order):
    """Send RECONNECT to all sockets and close them later."""

    close_after_seconds: float = Field(5.0, ge=0)


class RefuseOrder(Order):
    """Refuse the next Create Clip requests of one channel or of all."""

    login: str = ""
    status: int = Field(403, ge=400, le=599)
    message: str = RESTRICTED
    count: int = Field(1, ge=0)


class HelixFaultOrder(Order):
    """Fail the next requests to an endpoint; see `EndpointFault`. A count of 0 cancels it."""

    endpoint: str
    status: int = Field(500, ge=200, le=599)
    count: int = Field(1, ge=0)
    acts: bool = False
    delay_seconds: float = Field(0.0, ge=0)
    body: Any = None


class RawOrder(Order):
    """Send a line unchanged to the sockets in a room or to all."""

    login: str = "all"
    line: str


class PlayOrder(Order):
    """Start a play (chat not caused by the video, see plays.py). `amount`: a raid's viewers or gifts; 0 draws one.

    `burst`: a genuine burst by as many people follows.
    """

    login: str
    kind: Literal[PLAYS]  # type: ignore[valid-type]
    people: int = Field(60, ge=1, le=10_000)
    seconds: float = Field(15.0, gt=0, le=600)
    amount: int = Field(0, ge=0)
    burst: bool = False


class RuleOrder(Order):
    """Change one of a room's rules: 0 is off, 1 on; seconds for `slow`; -1 is off for `followers-only`."""

    login: str
    rule: Literal[RULES]  # type: ignore[valid-type]
    value: int = Field(ge=-1)


class SharedChatOrder(Order):
    """Begin a Shared Chat session of these channels, or with `end` take them out of theirs."""

    logins: list[str] = Field(min_length=1, max_length=6)
    end: bool = False


class StreamOrder(Order):
    """Take a channel live or offline, or change its title, game or viewers."""

    login: str
    live: bool | None = None
    title: str | None = None
    game_name: str | None = None
    viewer_count: int | None = Field(None, ge=0)


class SecondsOrder(Order):
    """A duration."""

    seconds: float = Field(ge=0)


class CountOrder(Order):
    """A number."""

    count: int = Field(1, ge=0)


class DisorderOrder(Order):
    """Delay a share of the messages by up to `seconds`; a share of 0 ends it."""

    seconds: float = Field(ge=0)
    share: float = Field(ge=0, le=1)


class ShareOrder(Order):
    """A share of the messages."""

    share: float = Field(ge=0, le=1)


class ClockOrder(Order):
    """Set the offset of Twitch's clock from the machine's."""

    offset_ms: int


class RenameOrder(Order):
    """Give a channel another login."""

    login: str
    new_login: str = Field(pattern=r"^[a-z0-9_]{3,25}$")


class ScopesOrder(Order):
    """Give all user tokens, also those of later refreshes, these scopes."""

    scopes: list[str]


class RevokeOrder(Order):
    """Revoke the user tokens; with `refresh` the refresh tokens too."""

    refresh: bool = False


class NoticeOrder(Order):
    """Send a notice or deletion to a room. `amount`: raiders, months or gifts; `seconds`: a timeout's length."""

    login: str
    kind: Literal[KINDS]  # type: ignore[valid-type]
    amount: int = Field(5, ge=0)
    seconds: int = Field(600, ge=1)
