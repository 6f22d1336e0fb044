"""Sends, edits and deletes messages: who may, what is kept, who is told."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from discord_simulator.clock import Clock, Snowflakes
from discord_simulator.errors import DiscordError, FormErrors
from discord_simulator.messages.drafts import EPHEMERAL, LOADING, SILENT, SUPPRESS_EMBEDS, Draft, File
from discord_simulator.messages.history import History
from discord_simulator.messages.mentions import find_mentions
from discord_simulator.messages.message import Attachment, Message
from discord_simulator.truth import Truth
from discord_simulator.world.guilds import Channel, Guild
from discord_simulator.world.permissions import Permission
from discord_simulator.world.world import World


class Publish(Protocol):
    """Tells the gateway's sessions of a server about an event."""

    def __call__(self, event: str, guild_id: int, data: dict[str, Any]) -> None:
        """Send it to whom it concerns."""


class Posting:
    """What REST, interactions and people do to messages."""

    def __init__(
        self,
        *,
        world: World,
        history: History,
        truth: Truth,
        clock: Clock,
        ids: Snowflakes,
        publish: Publish,
        file_url: Callable[[str], str],
    ) -> None:
        self._world, self.history, self._truth, self._clock = world, history, truth, clock
        self._ids, self._publish, self._file_url = ids, publish, file_url

    def send(self, user_id: int, channel_id: int, draft: Draft) -> Message:
        """Send a message, or return the earlier one with its nonce. Raises DiscordError."""
        guild, channel = self._world.writable(channel_id, user_id)
        permissions = guild.permissions(user_id, channel)
        if draft.is_empty():
            raise DiscordError(50006)
        missing_embeds = draft.embeds and not permissions & Permission.EMBED_LINKS
        missing_files = draft.files and not permissions & Permission.ATTACH_FILES
        if missing_embeds or missing_files:
            raise DiscordError(50013)
        if draft.nonce is not None and draft.enforces_nonce:
            earlier = self.history.earlier(user_id, draft.nonce)
            if earlier is not None:
                self._note("repeat", earlier)
                return earlier
        self._check_reference(channel_id, draft)
        return self.keep(self.compose(guild, channel, user_id, draft))

    def _check_reference(self, channel_id: int, draft: Draft) -> None:
        """Raise DiscordError 50035 if the message that a draft answers is gone."""
        errors = FormErrors()
        try:
            if draft.reference is not None:
                self.history.find(channel_id, draft.reference)
        except DiscordError:
            errors.add(("message_reference",), "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        errors.check()

    def compose(
        self,
        guild: Guild,
        channel: Channel,
        author_id: int,
        draft: Draft,
        interaction: dict[str, Any] | None = None,
        viewer_id: int | None = None,
        is_loading: bool = False,
    ) -> Message:
        """Make a message of a draft; nobody is told yet. `viewer_id`: of the only person who sees it."""
        flags = draft.flags & (SUPPRESS_EMBEDS | SILENT)
        flags |= (EPHEMERAL if viewer_id is not None else 0) | (LOADING if is_loading else 0)
        permissions = guild.permissions(author_id, channel)
        message = Message(
            message_id=self._ids.following(),
            channel_id=channel.channel_id,
            guild_id=guild.guild_id,
            author=guild.members[author_id].user,
            sent_at=self._clock(),
            mentions=find_mentions(draft.content, draft.allowed, guild, permissions),
            nonce=draft.nonce,
            flags=flags,
            reference=draft.reference,
            interaction=interaction,
            viewer_id=viewer_id,
        )
        message.apply(draft, self._attachments(channel.channel_id, draft.files), None)
        return message

    def _attachments(self, channel_id: int, files: tuple[File, ...]) -> list[Attachment]:
        """Give uploaded files an address."""
        made = []
        for file in files:
            number = self._ids.following()
            made.append(Attachment(number, file, self._file_url(f"/attachments/{channel_id}/{number}/{file.name}")))
        return made

    def keep(self, message: Message) -> Message:
        """Put a new message into its channel and tell everybody who sees it."""
        self.history.add(message)
        self._note("create", message)
        if not message.is_ephemeral:
            _, channel = self._world.place(message.channel_id)
            channel.received(message.message_id)
            self._tell("MESSAGE_CREATE", message)
        return message

    def restore(self, message: Message) -> None:
        """Put a message of an earlier run into its channel, if that is still there; nobody is told."""
        with suppress(DiscordError):
            _, channel = self._world.place(message.channel_id)
            self.history.add(message)
            channel.received(message.message_id)

    def edit(self, user_id: int, channel_id: int, message_id: int, draft: Draft) -> Message:
        """Edit a user's own message. Raises DiscordError."""
        self._world.visible(channel_id, user_id)
        message = self.find(channel_id, message_id)
        if message.author.user_id != user_id:
            raise DiscordError(50005)
        self.history.allow_edit(message)
        return self.change(message, draft)

    def change(self, message: Message, draft: Draft, is_first_text: bool = False) -> Message:
        """Change a message. `is_first_text`: it only said that the bot is thinking. Raises DiscordError 50006."""
        at = None if is_first_text else self._clock()
        if message.would_be_empty(draft):
            raise DiscordError(50006)
        message.apply(draft, self._attachments(message.channel_id, draft.files), at)
        if is_first_text:
            message.finish_loading()
        self._note("edit", message)
        if not message.is_ephemeral:
            self._tell("MESSAGE_UPDATE", message)
        return message

    def delete(self, user_id: int, channel_id: int, message_id: int) -> None:
        """Delete a message: one's own, or any with the permission to manage messages. Raises DiscordError."""
        guild, channel = self._world.visible(channel_id, user_id)
        message = self.find(channel_id, message_id)
        may = message.author.user_id == user_id or guild.permissions(user_id, channel) & Permission.MANAGE_MESSAGES
        if not may:
            raise DiscordError(50013)
        self.remove(message)

    def remove(self, message: Message) -> None:
        """Delete a message and tell everybody who saw it. Raises DiscordError 10008."""
        self.history.remove(message)
        self._note("delete", message)
        if not message.is_ephemeral:
            place = {"channel_id": str(message.channel_id), "guild_id": str(message.guild_id)}
            self._publish("MESSAGE_DELETE", message.guild_id, {"id": str(message.message_id)} | place)

    def find(self, channel_id: int, message_id: int) -> Message:
        """Return a message that everybody sees. Raises DiscordError 10008."""
        message = self.history.find(channel_id, message_id)
        if message.is_ephemeral:
            raise DiscordError(10008)
        return message

    def _tell(self, event: str, message: Message) -> None:
        guild = self._world.guilds[message.guild_id]
        member = guild.members.get(message.author.user_id)
        row = message.shape(self._world.users) | {"guild_id": str(message.guild_id)}
        self._publish(event, message.guild_id, row | ({"member": member.shape()} if member else {}))

    def _note(self, action: str, message: Message) -> None:
        interaction = message.interaction or {}
        self._truth.write(
            "messages",
            {
                "action": action,
                "at": self._clock(),
                "message_id": str(message.message_id),
                "channel_id": str(message.channel_id),
                "guild_id": str(message.guild_id),
                "author_id": str(message.author.user_id),
                "nonce": message.nonce,
                "interaction_id": interaction.get("id"),
                "ephemeral": message.is_ephemeral,
                "content": message.content,
                "embeds": message.embeds,
                "files": [each.file.name for each in message.attachments],
                "pinged_roles": [str(role_id) for role_id in message.mentions.roles],
                "pinged_users": [str(user_id) for user_id in message.mentions.users],
                "pinged_everyone": message.mentions.is_everyone,
            },
        )
