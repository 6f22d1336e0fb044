"""One interaction, from the person's click to the bot's answers."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from discord_simulator.messages.message import Message
from discord_simulator.world.guilds import Channel, Guild
from discord_simulator.world.people import User

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5  # an interaction's type
ANSWER, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9  # a callback's type
ANSWER_MS: Final = 3000  # from the click to the first answer
TOKEN_MS: Final = 900_000  # how long the bot may go on answering
FILE_BYTES: Final = 10 * 1024 * 1024


@dataclass
class Interaction:
    """An interaction. `message`: the one whose button or menu was used."""

    interaction_id: int
    token: str
    kind: int
    guild: Guild
    channel: Channel
    user: User
    data: dict[str, Any]
    started_at: int
    message: Message | None = None
    origin: "Interaction | None" = None  # the one that a form was opened by
    answer_kind: int | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    choices: list[dict[str, Any]] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    is_given_up: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def record_answer(self, kind: int, original: Message | None = None) -> None:
        """Record the first answer."""
        self.answer_kind, self.original = kind, original
        self.answered.set()

    def record_choices(self, choices: list[dict[str, Any]]) -> None:
        """Record the suggestions for an option."""
        self.choices = choices

    def open_modal(self, modal: dict[str, Any]) -> None:
        """Record the form that the person is asked to fill in."""
        self.modal = modal

    def close_modal(self) -> None:
        """Record that the form was sent or put away."""
        self.modal = None

    def record_followup(self, message: Message) -> None:
        """Record a further answer."""
        self.followups.append(message)

    def give_up(self) -> None:
        """Record that the person was told that the application did not respond."""
        self.is_given_up = True

    def name(self) -> str:
        """Return what was used: a command's name or a component's id."""
        return str(self.data.get("name") or self.data.get("custom_id") or "")

    def metadata(self) -> dict[str, Any]:
        """Return what an answer's message holds of it."""
        row: dict[str, Any] = {
            "id": str(self.interaction_id),
            "type": self.kind,
            "user": self.user.shape(),
            "authorizing_integration_owners": {"0": str(self.guild.guild_id)},
        }
        if self.kind == COMMAND:
            row["name"] = self.name()
        if self.kind == COMPONENT and self.message:
            row["interacted_message_id"] = str(self.message.message_id)
        if self.kind == FORM and self.origin:
            row["triggering_interaction_metadata"] = self.origin.metadata()
        return row

    def shape(self, bot: User, people: dict[int, User]) -> dict[str, Any]:
        """Return what INTERACTION_CREATE tells the bot."""
        member, permissions = self.guild.members[self.user.user_id], self.guild.permissions
        mine = str(permissions(self.user.user_id, self.channel))
        row: dict[str, Any] = {
            "id": str(self.interaction_id),
            "application_id": str(bot.user_id),
            "type": self.kind,
            "data": self.data,
            "guild": self.guild.partial_shape(),
            "guild_id": str(self.guild.guild_id),
            "channel": self.channel.shape() | {"permissions": mine},
            "channel_id": str(self.channel.channel_id),
            "member": member.full_shape() | {"permissions": mine},
            "token": self.token,
            "version": 1,
            "app_permissions": str(permissions(bot.user_id, self.channel)),
            "locale": self.user.locale,
            "guild_locale": self.guild.locale,
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(self.guild.guild_id)},
            "context": 0,
            "attachment_size_limit": FILE_BYTES,
        }
        return row | ({"message": self.message.shape(people)} if self.message else {})
