"""Digests of the best moments: intended once a period, built when they are sent."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Ledger
from discord_bot.data.moments import Moments
from discord_bot.polling.poll_loop import utc_now
from discord_bot.rules.announcing import Intent
from discord_bot.sending.sender import Sender
from discord_bot.sending.verdict import Built, Verdict
from discord_notices.messages.digest import digest_message
from discord_notices.messages.marker import nonce_of
from discord_notices.rules.digest import MOST_MOMENTS, Due, due, named
from discord_notices.rules.guild import Guild
from discord_notices.wording import language_of, speaking
from service_runtime.postgres import PostgresAwayError

INTERVAL_SECONDS = 300.0

log = structlog.get_logger()


class Digests:
    """`now`: this machine's clock."""

    def __init__(
        self, *, moments: Moments, ledger: Ledger, guilds: Guilds, site_url: str, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._moments, self._ledger, self._guilds = moments, ledger, guilds
        self._site_url, self._now = site_url, now

    async def run(self, sender: Sender) -> None:
        """Intend what is due until cancelled."""
        while True:
            try:
                await self.intend(sender)
            except PostgresAwayError as error:
                log.warning("digests wait for Postgres", reason=str(error))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def intend(self, sender: Sender) -> None:
        """Intend and queue the digests that are due now; those that were intended before stay as they are."""
        intents = []
        for guild in await self._moments.guilds_for_digest():
            found, text_channel_id = due(guild.moments.digest, self._now()), guild.moments_channel_id
            if found is None or text_channel_id is None:
                continue
            intents.append(
                Intent(
                    guild_id=guild.guild_id,
                    kind="digest",
                    subject=found.subject,
                    text_channel_id=text_channel_id,
                    nonce=nonce_of(guild.guild_id, text_channel_id, "digest", found.subject),
                )
            )
        sender.put(await self._ledger.intend(intents))

    async def build(self, intent: Intent) -> Verdict:
        """Return the digest, if it is still due and there is anything to tell."""
        guild = await self._guilds.one(intent.guild_id)
        found = due(guild.moments.digest, self._now()) if guild else None
        if guild is None or found is None or found.subject != intent.subject:
            return "over"
        return await self._built(guild, found, intent, 1)

    async def again(self, intent: Intent, version: int) -> Verdict:
        """Return a digest that was sent as it is now, whatever its server has chosen since."""
        guild, found = await self._guilds.one(intent.guild_id), named(intent.subject)
        return "over" if guild is None or found is None else await self._built(guild, found, intent, version)

    async def _built(self, guild: Guild, found: Due, intent: Intent, version: int) -> Verdict:
        best = await self._moments.best(guild.guild_id, found.from_at, found.until_at, MOST_MOMENTS)
        if not best:
            return "over"
        with speaking(language_of(guild.language, guild.locale)):
            return Built(message=digest_message(found, best, intent.nonce, self._site_url), shown_version=version)
