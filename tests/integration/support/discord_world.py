"""A Discord and a Twitch in memory, and a bot between them with a real Postgres: it can be killed at any point."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

from integration.support.discord_memory import MemoryDiscord

from contracts.channel_names import ChannelName
from discord_bot.data.database import Database
from discord_bot.data.follows import Follows
from discord_bot.data.guilds import Guilds, Present
from discord_bot.data.lease import Lease
from discord_bot.data.ledger import Ledger
from discord_bot.data.moments import Moments
from discord_bot.data.nights import Nights
from discord_bot.data.streams import Streams
from discord_bot.data.suggestions import Suggestions
from discord_bot.polling.poll_loop import PollLoop
from discord_bot.polling.rounds import parts_of
from discord_bot.posting.digests import Digests
from discord_bot.posting.live_notices import LiveNotices
from discord_bot.posting.moment_posts import MomentPosts
from discord_bot.posting.night_recaps import NightRecaps
from discord_bot.posting.opted_out import OptedOut
from discord_bot.posting.stale_messages import StaleMessages
from discord_bot.sending.errors import Away
from discord_bot.sending.recovery import Recovery
from discord_bot.sending.sender import Sender
from discord_notices.rules.guild import Streamer
from moment_detection.hidden_words import HiddenWords
from twitch_access.answers import Stream
from twitch_access.errors import Unavailable

SITE = "https://scout.example"  # where the bot's messages lead


class Killed(BaseException):
    """The process ends here, without any word."""


class MemoryTwitch:
    """Who is live, by channel; who exists; recordings by stream."""

    def __init__(self) -> None:
        self.live: dict[str, Stream] = {}
        self.users: dict[str, str] = {}  # channel id to login
        self.recordings: dict[str, str] = {}
        self.is_away = False

    def _answer(self) -> None:
        if self.is_away:
            raise Unavailable("503", reached=True)

    async def streams(self, channel_ids: Sequence[str]) -> dict[str, Stream]:
        self._answer()
        return {each: self.live[each] for each in channel_ids if each in self.live}

    async def streamers(self, names: Sequence[ChannelName]) -> list[Streamer]:
        self._answer()
        wanted = {str(name) for name in names}
        return [
            streamer(channel_id, login)
            for channel_id, login in self.users.items()
            if login in wanted or f"id:{channel_id}" in wanted
        ]

    async def streamers_by_id(self, channel_ids: Sequence[str]) -> list[Streamer]:
        self._answer()
        return [streamer(each, self.users[each]) for each in channel_ids if each in self.users]

    async def games(self, names: Sequence[str]) -> list[str]:
        self._answer()
        return [name.title() for name in names if name.lower() != "nonsense"]

    async def recording(self, channel_id: str, stream_id: str) -> str:
        self._answer()
        return self.recordings.get(stream_id, "")


def streamer(channel_id: str, login: str) -> Streamer:
    """A streamer of this name."""
    return Streamer(channel_id=channel_id, login=login, display_name=login.title())


class World:
    """What outlives the bot: Discord, Twitch, the clock and Postgres. `at`: what the clock shows."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.offset = timedelta()
        self.discord = MemoryDiscord(self.now)
        self.twitch = MemoryTwitch()

    def now(self) -> datetime:
        """The time of all."""
        return datetime.now(UTC) + self.offset

    def live(self, channel_id: str, stream_id: str, **changes: Any) -> None:
        """Let a channel broadcast."""
        fields: dict[str, Any] = {
            "id": stream_id,
            "user_id": channel_id,
            "user_login": self.twitch.users.get(channel_id, f"login{channel_id}"),
            "started_at": self.now(),
            "title": "Hello",
            "game_name": "Chess",
            "viewer_count": 100,
            "thumbnail_url": "https://previews/{width}x{height}.jpg",
        }
        known = self.twitch.live.get(channel_id)
        if known is not None and known.id == stream_id:
            fields["started_at"] = known.started_at
        self.twitch.live[channel_id] = Stream(**{**fields, **changes})


class Bot:
    """The bot's parts over one Postgres, driven step by step."""

    def __init__(self, world: World, instance: str = "one", over_seconds: float = 120.0) -> None:
        self.world = world
        self.database = Database(world.conninfo)
        self.guilds, self.follows = Guilds(self.database), Follows(self.database)
        self.streams, self.ledger = Streams(self.database), Ledger(self.database, instance)
        self.moments = Moments(self.database, HiddenWords())
        self.nights = Nights(self.database, self.moments, SITE)
        self.suggestions = Suggestions(self.database)
        self.lease = Lease(self.database, instance, 3600.0)
        self.may_send = True
        self.live = LiveNotices(
            ledger=self.ledger, streams=self.streams, nights=self.nights, twitch=world.twitch, now=world.now
        )
        self.posts = MomentPosts(
            moments=self.moments, ledger=self.ledger, guilds=self.guilds, site_url="", now=world.now
        )
        self.digests = Digests(moments=self.moments, ledger=self.ledger, guilds=self.guilds, site_url="", now=world.now)
        side = world.discord
        self.night_recaps = NightRecaps(nights=self.nights, ledger=self.ledger, guilds=self.guilds)
        self.stale = StaleMessages(self.ledger, {"digest": self.digests.again, "night": self.night_recaps.build})
        builders: Any = {"live": self.live.build, "moment": self.posts.build, "digest": self.digests.build}
        builders["night"] = self.night_recaps.build
        self.sender = Sender(
            side=side, ledger=self.ledger, guilds=self.guilds, builders=builders, may_send=lambda: self.may_send
        )
        self.recovery = Recovery(side=side, ledger=self.ledger, sender=self.sender, answer_seconds=30.0)
        self.opted_out = OptedOut(ledger=self.ledger, follows=self.follows, streams=self.streams)
        self.polling = PollLoop(
            twitch=world.twitch,
            follows=self.follows,
            streams=self.streams,
            live=partial(self.live.announce, sender=self.sender),
            poll_seconds=20.0,
            over_seconds=over_seconds,
            points_per_minute=200,
            now=world.now,
        )

    async def open(self, takes_lease: bool = True) -> "Bot":
        """Connect, and take the lease."""
        await self.database.open()
        if takes_lease:
            assert await self.lease.take()
        return self

    async def close(self) -> None:
        """Disconnect."""
        await self.database.close()

    async def join(self, guild_id: int, text_channel_id: int | None = None, **changes: Any) -> None:
        """Be added to a server, with these settings."""
        await self.guilds.keep([Present(guild_id=guild_id, name=f"Server {guild_id}", locale="en-US")])
        columns = {"text_channel_id": guild_id * 10 if text_channel_id is None else text_channel_id} | changes
        await self.guilds.change(guild_id, columns)

    async def follow(self, guild_id: int, *channel_ids: str, **changes: Any) -> None:
        """Let a server follow channels."""
        for channel_id in channel_ids:
            self.world.twitch.users.setdefault(channel_id, f"login{channel_id}")
        wanted = [streamer(each, self.world.twitch.users[each]) for each in channel_ids]
        await self.follows.add(guild_id, wanted, changes)

    async def poll(self) -> None:
        """Ask Twitch about everyone once."""
        for number, part in enumerate(parts_of(await self.follows.polled_channels())):
            await self.streams.write(await self.polling.ask(number, part))

    async def send(self) -> None:
        """Send what is queued; `Killed` ends it there."""
        running = asyncio.create_task(self.sender.run())
        idle = asyncio.create_task(self.sender.nothing_to_send())
        await asyncio.wait({running, idle}, return_when=asyncio.FIRST_COMPLETED)
        for task in (running, idle):
            task.cancel()
        await asyncio.gather(running, idle, return_exceptions=True)

    async def killed(self) -> None:
        """Send until a fault kills it; what other workers were about to do is lost."""
        await self.send()
        self.world.discord.faults.clear()

    async def sending(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that waits for what the sender does."""
        running = asyncio.create_task(self.sender.run())
        await work
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def change(self) -> None:
        """Edit, delete and settle what stands on Discord."""
        await self.sending(self.live.change_all(self.sender))

    async def round(self) -> None:
        """Poll and send."""
        await self.poll()
        await self.send()

    async def recover(self) -> None:
        """Look for open intents and send what is missing."""
        await self.recovery.recover(await self.ledger.open_intents(0.0))
        await self.send()

    async def states(self) -> dict[tuple[int, str], str]:
        """The ledger: by server and subject."""
        rows = await self.database.rows(
            SimpleNamespace(sql="SELECT guild_id, subject, state FROM discord_messages ORDER BY 1, 2")
        )
        return {(row["guild_id"], row["subject"]): row["state"] for row in rows}


def away(reached: bool) -> Away:
    """Discord does not answer."""
    return Away("503", reached)


async def two_servers(bot: Bot) -> None:
    """Servers 1 and 2 follow channel a and post into 10 and 20."""
    for guild_id in (1, 2):
        await bot.join(guild_id)
        await bot.follow(guild_id, "a")
