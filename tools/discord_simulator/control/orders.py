"""The control API's request bodies, with limits and defaults. Ids are numbers or their text."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from discord_simulator.commands.definitions import LOCALES
from discord_simulator.world.guilds import TEXT
from discord_simulator.world.permissions import BOT_DEFAULT

Away = Field(gt=0, le=3600)


class Order(BaseModel):
    """A control request; an unknown field is an error, so that a misspelled one is noticed."""

    model_config = ConfigDict(extra="forbid")


class GuildOrder(Order):
    """Make a server up; with the bot in it unless told otherwise."""

    name: str = Field("", max_length=100)
    with_bot: bool = True
    permissions: int = Field(BOT_DEFAULT, ge=0)


class ChangeGuildOrder(Order):
    """Give a server another name or language."""

    guild_id: int
    name: str | None = Field(None, min_length=1, max_length=100)
    locale: Literal[LOCALES] | None = None  # type: ignore[valid-type]


class MembershipOrder(Order):
    """Let the bot join a server, kick it, or begin or end an outage of the server."""

    guild_id: int
    action: Literal["join", "kick", "outage", "return"]
    permissions: int = Field(BOT_DEFAULT, ge=0)


class ChannelOrder(Order):
    """Make a channel."""

    guild_id: int
    name: str = Field(min_length=1, max_length=100)
    kind: int = Field(TEXT, ge=0)


class ChannelIdOrder(Order):
    """A channel."""

    channel_id: int


class RoleOrder(Order):
    """Make a role."""

    guild_id: int
    name: str = Field(min_length=1, max_length=100)
    permissions: int = Field(0, ge=0)
    mentionable: bool = False


class RoleIdOrder(Order):
    """A role; with permissions: what it permits from now on."""

    guild_id: int
    role_id: int
    permissions: int | None = Field(None, ge=0)


class MemberRoleOrder(Order):
    """Give a member a role, or take it."""

    guild_id: int
    user_id: int
    role_id: int
    action: Literal["give", "take"] = "give"


class OverwriteOrder(Order):
    """Allow and deny permissions in a channel. `target_id` 0: the bot's own role."""

    channel_id: int
    target_id: int = 0
    kind: Literal["role", "member"] = "role"
    allow: int = Field(0, ge=0)
    deny: int = Field(0, ge=0)


class PlaceOrder(Order):
    """A person in a channel."""

    channel_id: int
    user_id: int


class SayOrder(PlaceOrder):
    """Let a person write a message."""

    content: str = Field(min_length=1, max_length=2000)


class CommandOrder(PlaceOrder):
    """Let a person type a command; `force`: also one that Discord does not offer to the person."""

    text: str = Field(min_length=1, max_length=6000)
    force: bool = False


class PressOrder(PlaceOrder):
    """Let a person click a button or choose from a menu."""

    message_id: int
    custom_id: str
    values: list[str] = []


class FormOrder(PlaceOrder):
    """Let a person send the form that is open."""

    values: dict[str, str]


class MessageOrder(Order):
    """A message; `seconds`: by how much it becomes older."""

    channel_id: int
    message_id: int
    seconds: float = Field(0.0, ge=0)


class RestFaultOrder(Order):
    """Fail the next requests to an endpoint; see `EndpointFault`. A count of 0 cancels it."""

    endpoint: str
    status: int = Field(500, ge=0, le=599)
    count: int = Field(1, ge=0)
    acts: bool = False
    delay_seconds: float = Field(0.0, ge=0)
    code: int = 0
    message: str = ""
    body: Any = None
    retry_after_seconds: float = Field(1.0, ge=0)
    scope: Literal["user", "global", "shared"] = "user"
    has_via: bool = True


class ExhaustOrder(Order):
    """Use up a bucket, named by its route and place, or with no route the global limit."""

    route: str = ""
    place: str = ""
    seconds: float = Field(1.0, gt=0, le=600)


class SecondsOrder(Order):
    """A duration."""

    seconds: float = Away


class GatewayOrder(Order):
    """Do something to all connections of the gateway.

    `drop` cuts them, `close` closes them with `code`, `reconnect` asks for a new one, `invalidate` ends their sessions
    (`can_resume`: only asks to resume), `silence` says nothing for `seconds` and then cuts, `refuse` cuts new ones for
    `seconds`.
    """

    action: Literal["drop", "close", "reconnect", "invalidate", "silence", "refuse"]
    code: int = Field(4000, ge=1000, le=4999)
    can_resume: bool = False
    seconds: float = Field(5.0, gt=0, le=3600)


class ClockOrder(Order):
    """Set the offset of Discord's clock from the machine's."""

    offset_ms: int


class CodeOrder(Order):
    """Make an OAuth2 code as if a person had agreed."""

    user_id: int
    redirect_uri: str
    scopes: list[str] = ["identify", "guilds"]
