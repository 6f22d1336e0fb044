"""All servers and people, and the bot among them."""

from collections.abc import Iterator
from random import Random
from typing import Final

from discord_simulator.clock import Clock, Snowflakes
from discord_simulator.errors import DiscordError
from discord_simulator.world.crowding import crowd
from discord_simulator.world.guilds import WRITABLE, Channel, Guild, Role
from discord_simulator.world.people import Member, User
from discord_simulator.world.permissions import Permission
from discord_simulator.world.plan import FOUNDED_AT, made_up_ids, plan_guild, plan_people

BOT: Final = User(1_100_000_000_000_000_001, "stream-scout", "Stream Scout", is_bot=True)
GUILDS_FOUNDED_AT: Final = FOUNDED_AT + 100_000  # ms: behind the people's ids


class World:
    """The servers, by id; the bot's own user; and who may do what. `is_crowded`: servers are as big as people's."""

    def __init__(self, clock: Clock, seed: int = 1, bot: User = BOT, is_crowded: bool = False) -> None:
        self.bot, self._is_crowded = bot, is_crowded
        self.people = {user.user_id: user for user in plan_people()}
        self.users = self.people | {bot.user_id: bot}
        self.guilds: dict[int, Guild] = {}
        self._channels: dict[int, Guild] = {}
        self._clock, self._ids = clock, Snowflakes(clock)
        self._rng, self._made_up = Random(f"{seed}:servers"), made_up_ids(GUILDS_FOUNDED_AT)

    def make_guild(self, bot_permissions: int | None = None, name: str = "") -> Guild:
        """Make up one more server; with permissions the bot is in it."""
        guild = plan_guild(len(self.guilds), list(self.people.values()), self._rng, self._made_up)
        if self._is_crowded:
            crowd(guild, self._rng, self._made_up)
        if name:
            guild.rename(name)
        self.guilds[guild.guild_id] = guild
        self._channels |= dict.fromkeys(guild.channels, guild)
        if bot_permissions is not None:
            self.join(guild, bot_permissions)
        return guild

    def join(self, guild: Guild, permissions: int) -> Member:
        """Let the bot into a server with a role of its own."""
        role = guild.role_of_bot(self.bot.user_id)
        if role is None:
            role = Role(self._ids.following(), self.bot.shown_name, permissions, 1, 0x5865F2, bot_id=self.bot.user_id)
            guild.roles[role.role_id] = role
        role.permit(permissions)
        guild.members[self.bot.user_id] = Member(self.bot, self._clock(), [role.role_id])
        return guild.members[self.bot.user_id]

    def leave(self, guild: Guild) -> None:
        """Take the bot and its role out of a server."""
        guild.members.pop(self.bot.user_id, None)
        role = guild.role_of_bot(self.bot.user_id)
        if role:
            del guild.roles[role.role_id]

    def joined(self) -> Iterator[Guild]:
        """Return the servers that the bot is in."""
        return (guild for guild in self.guilds.values() if self.bot.user_id in guild.members)

    def add_channel(self, guild: Guild, name: str, kind: int, parent_id: int | None = None) -> Channel:
        """Make a channel at the end."""
        position = max((each.position for each in guild.channels.values()), default=0) + 1
        channel = Channel(self._ids.following(), guild.guild_id, name, kind, position, parent_id)
        guild.channels[channel.channel_id] = channel
        self._channels[channel.channel_id] = guild
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel."""
        del self.guilds[channel.guild_id].channels[channel.channel_id]
        del self._channels[channel.channel_id]

    def add_role(self, guild: Guild, name: str, permissions: int, is_mentionable: bool) -> Role:
        """Make a role above the others."""
        position = max(role.position for role in guild.roles.values()) + 1
        role = Role(self._ids.following(), name, permissions, position, is_mentionable=is_mentionable)
        guild.roles[role.role_id] = role
        return role

    def remove_role(self, guild: Guild, role: Role) -> None:
        """Delete a role and take it from everybody."""
        del guild.roles[role.role_id]
        for member in guild.members.values():
            member.take(role.role_id)

    def guild(self, guild_id: int, user_id: int) -> Guild:
        """Return a server that a user is in. Raises DiscordError 10004 or 50001."""
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise DiscordError(10004)
        if user_id not in guild.members:
            raise DiscordError(50001)
        return guild

    def place(self, channel_id: int) -> tuple[Guild, Channel]:
        """Return a channel and its server. Raises DiscordError 10003."""
        guild = self._channels.get(channel_id)
        if guild is None:
            raise DiscordError(10003)
        return guild, guild.channels[channel_id]

    def visible(self, channel_id: int, user_id: int) -> tuple[Guild, Channel]:
        """Return a channel that a user sees. Raises DiscordError 10003 or 50001."""
        guild, channel = self.place(channel_id)
        if not guild.permissions(user_id, channel) & Permission.VIEW_CHANNEL:
            raise DiscordError(50001)
        return guild, channel

    def writable(self, channel_id: int, user_id: int) -> tuple[Guild, Channel]:
        """Return a channel in which a user may write. Raises DiscordError 10003, 50001, 50008 or 50013."""
        guild, channel = self.visible(channel_id, user_id)
        if channel.kind not in WRITABLE:
            raise DiscordError(50008)
        if not guild.permissions(user_id, channel) & Permission.SEND_MESSAGES:
            raise DiscordError(50013)
        return guild, channel
