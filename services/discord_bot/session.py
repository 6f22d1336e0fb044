"""Everything that runs while this instance has the lease: put together, started and ended as one."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import discord

from discord_bot.client import BotClient
from discord_bot.commands.desk import Desk
from discord_bot.data.database import Database
from discord_bot.data.follows import Follows
from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Ledger
from discord_bot.data.moments import Moments
from discord_bot.data.nights import Nights
from discord_bot.data.streams import Streams
from discord_bot.data.suggestions import Suggestions
from discord_bot.polling.names import Housekeeping
from discord_bot.polling.poll_loop import PollLoop
from discord_bot.polling.twitch import Twitch
from discord_bot.posting.digests import Digests
from discord_bot.posting.live_notices import LiveNotices
from discord_bot.posting.moment_listener import MomentListener
from discord_bot.posting.moment_posts import MomentPosts
from discord_bot.posting.night_recaps import NightRecaps
from discord_bot.posting.opted_out import OptedOut
from discord_bot.posting.stale_messages import Again, StaleMessages
from discord_bot.rules.announcing import Kind
from discord_bot.sending.discord_side import DiscordPy
from discord_bot.sending.errors import Away, TokenRefused
from discord_bot.sending.recovery import Recovery
from discord_bot.sending.sender import Builder, Sender
from discord_bot.settings import DiscordSettings

UNREACHABLE = (
    discord.HTTPException,
    discord.GatewayNotFound,
    discord.ConnectionClosed,
    aiohttp.ClientError,
    OSError,
    TimeoutError,
)


class Stores:
    """Postgres, by what is kept there. `holder`: this instance, as the lease names it."""

    def __init__(self, database: Database, settings: DiscordSettings, holder: str) -> None:
        self.guilds, self.follows, self.streams = Guilds(database), Follows(database), Streams(database)
        self.ledger = Ledger(database, holder)
        self.moments = Moments(database, settings.hidden())
        self.nights = Nights(database, self.moments, settings.site_url)
        self.suggestions = Suggestions(database)

    def live_notices(self, twitch: Twitch | None) -> LiveNotices:
        """Build what tells of streams."""
        return LiveNotices(ledger=self.ledger, streams=self.streams, nights=self.nights, twitch=twitch)

    def night_recaps(self) -> NightRecaps:
        """Build what tells a channel's own people of last night."""
        return NightRecaps(nights=self.nights, ledger=self.ledger, guilds=self.guilds)

    def opted_out(self) -> OptedOut:
        """Build what clears away who has opted out."""
        return OptedOut(ledger=self.ledger, follows=self.follows, streams=self.streams)


@dataclass(frozen=True)
class Surroundings:
    """What a session needs from outside. `twitch`: None without credentials. `holds`: whether it has the lease."""

    settings: DiscordSettings
    conninfo: str
    stores: Stores
    twitch: Twitch | None
    points_per_minute: float
    holds: Callable[[], bool]


class Session:
    """One connection to Discord with all of its workers."""

    def __init__(self, around: Surroundings) -> None:
        self._around, stores = around, around.stores
        site_url = around.settings.site_url
        self.client = BotClient(around.holds, around.settings.answer_seconds)
        side = DiscordPy(self.client)
        self.client.desk = Desk(
            guilds=stores.guilds,
            follows=stores.follows,
            streams=stores.streams,
            suggestions=stores.suggestions,
            side=side,
            twitch=around.twitch,
            site_url=site_url,
        )
        self._moments = MomentPosts(
            moments=stores.moments, ledger=stores.ledger, guilds=stores.guilds, site_url=site_url
        )
        self._digests = Digests(moments=stores.moments, ledger=stores.ledger, guilds=stores.guilds, site_url=site_url)
        self._nights = stores.night_recaps()
        self._live = stores.live_notices(around.twitch)
        self._sender = self._sender_to(side)
        self._recovery = Recovery(
            side=side, ledger=stores.ledger, sender=self._sender, answer_seconds=around.settings.answer_seconds
        )
        self._opted_out = stores.opted_out()

    def _sender_to(self, side: DiscordPy) -> Sender:
        """Build what sends, with what makes the messages of each kind."""
        builders: dict[Kind, Builder] = {
            "live": self._live.build,
            "moment": self._moments.build,
            "digest": self._digests.build,
            "night": self._nights.build,
        }
        stores, holds = self._around.stores, self._around.holds
        return Sender(side=side, ledger=stores.ledger, guilds=stores.guilds, builders=builders, may_send=holds)

    async def run(self) -> None:
        """Run until cancelled, or until a worker fails."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._connect())
                group.create_task(self.client.keep_present(self._around.stores.guilds))
                await self.client.present.wait()
                for worker in self._workers():
                    group.create_task(worker)
        finally:
            self._moments.close()
            self._opted_out.close()
            await self.client.close()

    def is_connected(self) -> bool:
        """Return whether Discord's gateway is open now."""
        return self.client.is_connected()

    async def _connect(self) -> None:
        """Stay connected; discord.py resumes and reconnects by itself, and ends only where it cannot even begin."""
        try:
            await self.client.start(self._around.settings.token())
        except discord.LoginFailure as error:
            raise TokenRefused(f"Discord does not know the token of DISCORD_TOKEN_FILE: {error}") from error
        except UNREACHABLE as error:
            raise Away(str(error) or type(error).__name__, reached=False) from error
        raise Away("the connection was closed", reached=False)

    def _workers(self) -> list[Coroutine[Any, Any, None]]:
        """Return what runs once all servers are known: what is open is found out before anything is new."""
        again: dict[Kind, Again] = {"digest": self._digests.again, "night": self._nights.build}
        workers = [
            self._recovery.run(),
            self._sender.run(),
            self._live.run(self._sender),
            self._digests.run(self._sender),
            self._nights.run(self._sender),
            StaleMessages(self._around.stores.ledger, again).run(self._sender),
            self._listener().run(),
        ]
        return workers + (self._asking(self._around.twitch) if self._around.twitch else [])

    def _listener(self) -> MomentListener:
        return MomentListener(
            conninfo=self._around.conninfo,
            moments=self._around.stores.moments,
            changed=partial(self._moments.changed, sender=self._sender),
            gone=partial(self._opted_out.clear, self._sender),
        )

    def _asking(self, twitch: Twitch) -> list[Coroutine[Any, Any, None]]:
        """Return the workers that ask Twitch."""
        settings, stores = self._around.settings, self._around.stores
        polling = PollLoop(
            twitch=twitch,
            follows=stores.follows,
            streams=stores.streams,
            live=partial(self._live.announce, sender=self._sender),
            poll_seconds=settings.poll_seconds,
            over_seconds=settings.over_seconds,
            points_per_minute=self._around.points_per_minute,
        )
        housekeeping = Housekeeping(
            twitch=twitch,
            follows=stores.follows,
            guilds=stores.guilds,
            streams=stores.streams,
            ledger=stores.ledger,
            silent_days=settings.silent_days,
            streams_days=settings.streams_days,
        )
        return [polling.run(), housekeeping.run()]
