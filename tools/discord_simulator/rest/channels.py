"""Servers, channels and messages."""

from typing import Any, Final

from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError
from discord_simulator.messages.drafts import read_draft
from discord_simulator.messages.history import PAGE
from discord_simulator.rest.call import Call
from discord_simulator.rest.gate import Endpoint
from discord_simulator.world.guilds import Guild
from discord_simulator.world.permissions import Permission

USUAL_PAGE: Final = 50


class Channels:
    """The handlers; the caller is the bot."""

    def __init__(self, discord: Discord) -> None:
        self._discord, self._world = discord, discord.world
        self._bot_id = discord.world.bot.user_id

    def _guild(self, call: Call) -> Guild:
        return self._world.guild(call.number("guild_id", 10004), self._bot_id)

    def guild(self, call: Call) -> dict[str, Any]:
        """Return a server."""
        guild = self._guild(call)
        count = {"approximate_member_count": len(guild.members), "approximate_presence_count": len(guild.members)}
        return guild.shape() | (count if call.query.get("with_counts") in ("1", "true") else {})

    def guild_channels(self, call: Call) -> list[dict[str, Any]]:
        """Return a server's channels."""
        return [channel.shape() for channel in self._guild(call).channels.values()]

    def roles(self, call: Call) -> list[dict[str, Any]]:
        """Return a server's roles."""
        return [role.shape() for role in self._guild(call).roles.values()]

    def member(self, call: Call) -> dict[str, Any]:
        """Return a member."""
        member = self._guild(call).members.get(call.number("user_id", 10013))
        if member is None:
            raise DiscordError(10007)
        return member.full_shape()

    def channel(self, call: Call) -> dict[str, Any]:
        """Return a channel."""
        _, channel = self._world.visible(call.number("channel_id", 10003), self._bot_id)
        return channel.shape()

    def typing(self, call: Call) -> None:
        """Show the bot as typing: nobody sees it here."""
        self._world.writable(call.number("channel_id", 10003), self._bot_id)

    def send(self, call: Call) -> dict[str, Any]:
        """Send a message."""
        draft = read_draft(call.fields(), call.files)
        message = self._discord.posting.send(self._bot_id, call.number("channel_id", 10003), draft)
        return message.shape(self._world.users)

    def messages(self, call: Call) -> list[dict[str, Any]]:
        """Return the newest messages: none where the bot may not read the history."""
        channel_id, limit = call.number("channel_id", 10003), call.optional_number("limit") or USUAL_PAGE
        guild, channel = self._world.visible(channel_id, self._bot_id)
        if limit > PAGE:
            error = {"code": "NUMBER_TYPE_MAX", "message": f"int value should be less than or equal to {PAGE}."}
            raise DiscordError(50035, {"limit": {"_errors": [error]}})
        if not guild.permissions(self._bot_id, channel) & Permission.READ_MESSAGE_HISTORY:
            return []
        before, after = call.optional_number("before"), call.optional_number("after")
        found = self._discord.posting.history.page(channel_id, limit, before, after)
        return [message.shape(self._world.users) for message in found]

    def message(self, call: Call) -> dict[str, Any]:
        """Return a message. Without the history's permission it is refused."""
        channel_id = call.number("channel_id", 10003)
        guild, channel = self._world.visible(channel_id, self._bot_id)
        if not guild.permissions(self._bot_id, channel) & Permission.READ_MESSAGE_HISTORY:
            raise DiscordError(50001)
        return self._discord.posting.find(channel_id, call.number("message_id", 10008)).shape(self._world.users)

    def edit(self, call: Call) -> dict[str, Any]:
        """Edit a message."""
        draft = read_draft(call.fields(), call.files)
        place = call.number("channel_id", 10003), call.number("message_id", 10008)
        return self._discord.posting.edit(self._bot_id, *place, draft).shape(self._world.users)

    def delete(self, call: Call) -> None:
        """Delete a message."""
        place = call.number("channel_id", 10003), call.number("message_id", 10008)
        self._discord.posting.delete(self._bot_id, *place)

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints."""
        return [
            Endpoint("GET /guilds/{guild_id}", self.guild),
            Endpoint("GET /guilds/{guild_id}/channels", self.guild_channels),
            Endpoint("GET /guilds/{guild_id}/roles", self.roles),
            Endpoint("GET /guilds/{guild_id}/members/{user_id}", self.member),
            Endpoint("GET /channels/{channel_id}", self.channel),
            Endpoint("POST /channels/{channel_id}/typing", self.typing),
            Endpoint("POST /channels/{channel_id}/messages", self.send),
            Endpoint("GET /channels/{channel_id}/messages", self.messages),
            Endpoint("GET /channels/{channel_id}/messages/{message_id}", self.message),
            Endpoint("PATCH /channels/{channel_id}/messages/{message_id}", self.edit),
            Endpoint("DELETE /channels/{channel_id}/messages/{message_id}", self.delete),
        ]
