"""Builds the whole simulated Discord from the settings, and does what needs several of its parts."""

from dataclasses import dataclass, field
from typing import Any

from discord_simulator.clock import Clock, SimulatedClock, Snowflakes
from discord_simulator.commands.registry import Commands
from discord_simulator.faults import Faults
from discord_simulator.gateway.connection import Rules
from discord_simulator.gateway.hub import AVAILABLE, Hub
from discord_simulator.gateway.socket import Gateway
from discord_simulator.interactions.desk import Desk
from discord_simulator.interactions.person import Person
from discord_simulator.limits.buckets import Buckets, InvalidRequests
from discord_simulator.messages.history import History
from discord_simulator.messages.posting import Posting
from discord_simulator.messages.restoring import restored
from discord_simulator.oauth.grants import Grants
from discord_simulator.settings import DiscordSettings
from discord_simulator.truth import Truth
from discord_simulator.world.guilds import Channel, Guild, Role
from discord_simulator.world.people import User
from discord_simulator.world.permissions import Overwrite
from discord_simulator.world.world import World
from service_runtime.clock import now_ms


@dataclass(kw_only=True)
class Discord:
    """Everything that the servers, the pages and the control API use."""

    settings: DiscordSettings
    clock: SimulatedClock
    world: World
    truth: Truth
    page_url: str = ""
    gateway_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    hub: Hub = field(init=False)
    gateway: Gateway = field(init=False)
    posting: Posting = field(init=False)
    commands: Commands = field(init=False)
    desk: Desk = field(init=False)
    grants: Grants = field(init=False)
    buckets: Buckets = field(init=False)
    invalid: InvalidRequests = field(init=False)

    def __post_init__(self) -> None:
        settings, now = self.settings, self.clock.now
        ids = Snowflakes(now)
        self.hub = Hub(
            world=self.world, truth=self.truth, clock=now, url=lambda: self.gateway_url,
            identify_seconds=settings.identify_seconds, identifies_per_day=settings.identifies_per_day,
            resume_seconds=settings.resume_seconds,
        )  # fmt: skip
        heartbeat_ms = round(settings.heartbeat_seconds * 1000)
        rules = Rules(settings.token, heartbeat_ms, settings.privileged_intents, self.clock.machine)
        self.gateway = Gateway(self.hub, rules)
        old_edit_ms = round(settings.old_edit_seconds * 1000)
        history = History(now, settings.kept_messages, settings.old_edits, old_edit_ms)
        self.posting = Posting(
            world=self.world, history=history, truth=self.truth, clock=now, publish=self.hub.publish, ids=ids,
            file_url=lambda path: self.page_url + path,
        )  # fmt: skip
        self.commands = Commands(self.world.bot.user_id, ids)
        self.desk = Desk(
            world=self.world, posting=self.posting, truth=self.truth, clock=now, ids=ids, publish=self.hub.publish
        )
        self.grants = Grants(now)
        self.buckets = Buckets(settings.requests_per_second, settings.limit_scale)
        self.invalid = InvalidRequests(settings.invalid_requests)

    def set_ports(self, ports: dict[str, int]) -> None:
        """Record the ports on which the servers listen, and derive addresses from them."""
        self.ports = ports
        pages = f"http://{self.settings.page_address}:{ports['page']}"
        self.page_url = self.settings.public_url.rstrip("/") or pages
        self.gateway_url = f"ws://{self.settings.bind_address}:{ports['gateway']}"

    def person(self, guild: Guild, channel: Channel, user: User) -> Person:
        """Return a person in a channel."""
        return Person(
            user=user, guild=guild, channel=channel, commands=self.commands, desk=self.desk,
            history=self.posting.history,
        )  # fmt: skip

    def join(self, guild: Guild, permissions: int) -> None:
        """Let the bot into a server, and tell it."""
        self.world.join(guild, permissions)
        self.hub.publish("GUILD_CREATE", guild.guild_id, guild.full_shape(self.world.bot.user_id))

    def leave(self, guild: Guild) -> None:
        """Take the bot out of a server, and tell it."""
        was_in = self.world.bot.user_id in guild.members
        self.world.leave(guild)
        if was_in:
            self.hub.publish("GUILD_DELETE", guild.guild_id, {"id": str(guild.guild_id)})

    def change_guild(self, guild: Guild, name: str, locale: str) -> None:
        """Give a server another name or language, and tell the bot."""
        guild.rename(name)
        guild.speak(locale)
        self.hub.publish("GUILD_UPDATE", guild.guild_id, guild.shape())

    def set_outage(self, guild: Guild, is_out: bool) -> None:
        """Begin or end an outage of a server, and tell the bot."""
        guild.set_outage(is_out)
        if is_out:
            self.hub.publish("GUILD_DELETE", guild.guild_id, {"id": str(guild.guild_id), "unavailable": True})
        else:
            shape = guild.full_shape(self.world.bot.user_id) | AVAILABLE
            self.hub.publish("GUILD_CREATE", guild.guild_id, shape)

    def add_channel(self, guild: Guild, name: str, kind: int) -> Channel:
        """Make a channel, and tell the bot."""
        channel = self.world.add_channel(guild, name, kind)
        self.hub.publish("CHANNEL_CREATE", guild.guild_id, channel.shape())
        return channel

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel with its messages, and tell the bot."""
        self.world.remove_channel(channel)
        self.posting.history.clear(channel.channel_id)
        self.hub.publish("CHANNEL_DELETE", channel.guild_id, channel.shape())

    def overwrite(self, channel: Channel, overwrite: Overwrite) -> None:
        """Change who may do what in a channel, and tell the bot."""
        channel.overwrite(overwrite)
        self.hub.publish("CHANNEL_UPDATE", channel.guild_id, channel.shape())

    def add_role(self, guild: Guild, name: str, permissions: int, is_mentionable: bool) -> Role:
        """Make a role, and tell the bot."""
        role = self.world.add_role(guild, name, permissions, is_mentionable)
        self.hub.publish("GUILD_ROLE_CREATE", guild.guild_id, role_event(guild, role))
        return role

    def remove_role(self, guild: Guild, role: Role) -> None:
        """Delete a role, and tell the bot."""
        self.world.remove_role(guild, role)
        row = {"guild_id": str(guild.guild_id), "role_id": str(role.role_id)}
        self.hub.publish("GUILD_ROLE_DELETE", guild.guild_id, row)

    def permit(self, guild: Guild, role: Role, permissions: int) -> None:
        """Change what a role permits, and tell the bot."""
        role.permit(permissions)
        self.hub.publish("GUILD_ROLE_UPDATE", guild.guild_id, role_event(guild, role))


def role_event(guild: Guild, role: Role) -> dict[str, Any]:
    """Return what the gateway tells of a role."""
    return {"guild_id": str(guild.guild_id), "role": role.shape()}


def build(settings: DiscordSettings, machine: Clock = now_ms) -> Discord:
    """Build the simulation. Raises OSError if the truth cannot be written."""
    clock = SimulatedClock(machine)
    world = World(clock.now, settings.seed, is_crowded=settings.crowded)
    for _ in range(settings.guilds):
        world.make_guild(settings.bot_permissions)
    for _ in range(settings.other_guilds):
        world.make_guild()
    earlier = restored(settings.truth_file / "messages.jsonl", world.users) if settings.restore else []
    discord = Discord(settings=settings, clock=clock, world=world, truth=Truth(settings.truth_file))
    for message in earlier:
        discord.posting.restore(message)
    return discord
