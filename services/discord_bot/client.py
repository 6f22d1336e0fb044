"""The connection to Discord: slash commands, and which servers the bot is in."""

import asyncio
from collections.abc import Callable
from functools import partial

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from contracts import metrics
from discord_bot.commands.desk import Desk
from discord_bot.commands.pages import PageButton
from discord_bot.commands.translator import CatalogueTranslator
from discord_bot.commands.tree import Tree
from discord_bot.data.guilds import Guilds, Present
from discord_bot.places import PlaceKeeper
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

PRESENT_SECONDS = 600.0  # between two looks at all servers, in case an event was lost
RETRY_SECONDS = 5.0  # while Postgres is away
CHANGING = ("POST", "PATCH", "DELETE")

log = structlog.get_logger()


def use_addresses(api_url: str, gateway_url: str) -> None:
    """Ask another Discord than the real one; empty addresses change nothing."""
    if api_url:
        Route.BASE = api_url.rstrip("/")
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def give_deadlines(http: HTTPClient, seconds: float) -> None:
    """Wait no longer for an answer (aiohttp: five minutes); what discord.py sends again has a deadline of its own."""
    bounded = partial(http.request, timeout=aiohttp.ClientTimeout(total=seconds))
    setattr(http, "request", bounded)  # noqa: B010  (discord.py has no setting for it)


class LeaseOver(RuntimeError):  # noqa: N818  (it says what happened)
    """This instance may not send any more."""


class BotClient(discord.AutoShardedClient):
    """Reads neither messages nor members: servers, channels and roles are enough. `holds`: whether it answers.

    `answer_seconds`: the longest wait for an answer of Discord's.
    """

    desk: Desk

    def __init__(self, holds: Callable[[], bool], answer_seconds: float = 30.0) -> None:
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._let_pass)
        super().__init__(
            http_trace=trace,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.holds = holds
        give_deadlines(self.http, answer_seconds)
        self.tree = Tree(self)
        self.present = asyncio.Event()  # all servers are known
        self._changed = asyncio.Event()
        self._places = PlaceKeeper()
        self._has_begun = False

    async def _let_pass(self, _session: object, _context: object, asked: aiohttp.TraceRequestStartParams) -> None:
        """Raise `LeaseOver` for what would change a text channel without the lease.

        discord.py may have slept since somebody looked, and this machine too.
        """
        if asked.method in CHANGING and "/channels/" in asked.url.path and not self.holds():
            raise LeaseOver("another instance may send")

    def is_connected(self) -> bool:
        """Return whether every connection to the gateway is open now."""
        return self.is_ready() and not self.is_closed() and not any(each.is_closed() for each in self.shards.values())

    async def login(self, token: str) -> None:
        """Log in."""
        self._has_begun = True
        await super().login(token)

    async def close(self) -> None:
        """Disconnect; before the login there is nothing to close, and discord.py would fail."""
        if self._has_begun:
            await super().close()

    async def setup_hook(self) -> None:
        """Tell Discord of the commands, once logged in."""
        self.add_dynamic_items(PageButton)
        await self.tree.set_translator(CatalogueTranslator())
        await self.tree.sync()

    async def on_ready(self) -> None:
        """Discord has named all servers."""
        log.info("connected to Discord", servers=len(self.guilds))
        self.present.set()
        self._look_at(*self.guilds)

    def _look_at(self, *guilds: discord.Guild) -> None:
        """Write down what these servers are now."""
        self._places.change(guilds)
        self._changed.set()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is back that was unavailable to Discord itself."""
        self._look_at(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server."""
        self._look_at(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server."""
        self._changed.set()

    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        """A server has another name or language."""
        self._changed.set()

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """A server has a new channel."""
        self._look_at(channel.guild)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel has another name, place or permissions."""
        self._look_at(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone."""
        self._look_at(channel.guild)

    async def on_guild_role_create(self, role: discord.Role) -> None:
        """A server has a new role."""
        self._look_at(role.guild)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """A role has another name, place or permissions."""
        self._look_at(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """A role is gone."""
        self._look_at(role.guild)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """The bot itself has other roles; Discord tells it of nobody else."""
        if after.id == after.guild.me.id:
            self._look_at(after.guild)

    async def keep_present(self, guilds: Guilds) -> None:
        """Write down which servers the bot is in, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(PRESENT_SECONDS):
                    await self._changed.wait()
            except TimeoutError:
                log.debug("looking at all servers")
            self._changed.clear()
            try:
                await self._write_present(guilds)
            except PostgresAwayError as error:
                log.warning("servers wait for Postgres", reason=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                self._changed.set()

    async def _write_present(self, guilds: Guilds) -> None:
        """A server that is unavailable to Discord itself is still ours."""
        if not self.is_ready():
            return
        measure(metrics.DISCORD_GUILDS).set(len(self.guilds))
        named = [
            Present(guild_id=each.id, name=each.name, locale=str(each.preferred_locale))
            for each in self.guilds
            if not each.unavailable
        ]
        await guilds.keep(named)
        await guilds.leave_all_but([each.id for each in self.guilds])
        await self._places.write(self, guilds)
