"""Keeps names and pictures of followed streamers, and forgets what was silent for too long."""

import asyncio

import structlog

from discord_bot.data.follows import Follows
from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Ledger
from discord_bot.data.streams import Streams
from discord_bot.polling.twitch import Twitch
from service_runtime.postgres import PostgresAwayError
from twitch_access.errors import TwitchError
from twitch_access.helix import PAGE

INTERVAL_SECONDS = 60.0
NAMES_SECONDS = 6 * 3600.0  # between two looks at a name: 10,000 streamers cost less than a request in three minutes
MESSAGES_DAYS = 90  # no stream or moment of that age is told again

log = structlog.get_logger()


class Housekeeping:
    """Once a minute: names that are old, and rows that are."""

    def __init__(
        self,
        *,
        twitch: Twitch,
        follows: Follows,
        guilds: Guilds,
        streams: Streams,
        ledger: Ledger,
        silent_days: int,
        streams_days: int,
    ) -> None:
        self._twitch, self._follows, self._guilds = twitch, follows, guilds
        self._streams, self._ledger = streams, ledger
        self._silent_days, self._streams_days = silent_days, streams_days

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            try:
                await self.ask_names()
                await self.forget()
            except PostgresAwayError as error:
                log.warning("housekeeping waits for Postgres", reason=str(error))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def ask_names(self) -> None:
        """Ask Twitch for the names that are oldest, a request at a time."""
        channel_ids = await self._follows.to_ask(NAMES_SECONDS, PAGE)
        if not channel_ids:
            return
        try:
            found = await self._twitch.streamers_by_id(channel_ids)
        except TwitchError as error:
            log.warning("cannot get names", reason=str(error))
            return
        await self._follows.keep_streamers(found)
        missing = sorted(set(channel_ids) - {each.channel_id for each in found})
        if missing:
            await self._follows.note_missing(missing)

    async def forget(self) -> None:
        """Delete what was kept long enough; streams before streamers, who are kept as long as these."""
        await self._guilds.forget(self._silent_days)
        await self._ledger.forget(MESSAGES_DAYS)
        await self._streams.forget(self._streams_days)
        await self._follows.forget(self._silent_days)
