"""Tells a channel's own people of each stream once it is over and counted: intended once, built when it is sent."""

import asyncio

import structlog

from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Ledger
from discord_bot.data.nights import Nights
from discord_bot.rules.announcing import Intent
from discord_bot.sending.sender import Sender
from discord_bot.sending.verdict import Built, Verdict
from discord_notices.messages.recap import night_message
from discord_notices.wording import language_of, speaking
from service_runtime.postgres import PostgresAwayError

INTERVAL_SECONDS = 60.0
LATE_SECONDS = 86_400.0  # after a stream's end, when nobody waits for it any more

log = structlog.get_logger()


class NightRecaps:
    """A stream counts as over half an hour after its end, when nothing of it is counted anew."""

    def __init__(self, *, nights: Nights, ledger: Ledger, guilds: Guilds) -> None:
        self._nights, self._ledger, self._guilds = nights, ledger, guilds

    async def run(self, sender: Sender) -> None:
        """Intend what is due until cancelled."""
        while True:
            try:
                await self.intend(sender)
            except PostgresAwayError as error:
                log.warning("nights wait for Postgres", reason=str(error))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def intend(self, sender: Sender) -> None:
        """Intend and queue the nights that are to be told; those that were intended before stay as they are."""
        sender.put(await self._ledger.intend(await self._nights.to_tell(LATE_SECONDS)))

    async def build(self, intent: Intent, version: int = 1) -> Verdict:
        """Return a night's message, if somebody still wants it told and its chat erupted."""
        stream, guild = await self._nights.told(intent), await self._guilds.one(intent.guild_id)
        if stream is None or guild is None or not (stream.is_wanted or version > 1):
            return "over"
        recap = await self._nights.of_told(stream)
        if recap is None or not recap.moments:
            return "over"
        with speaking(language_of(guild.language, guild.locale)):
            message = night_message(recap, stream.display_name or stream.login, stream.ended_at, intent.nonce, version)
        return Built(message=message, shown_version=version)
