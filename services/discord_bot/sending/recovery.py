"""Finds out what became of intents without an outcome: the bot was killed, or Discord did not answer.

Our message is looked for among the last ones of its text channel. Where these may not be read, or do not reach back far
enough, it is not sent again and counts as unknown.
"""

import asyncio
from collections.abc import Sequence

import structlog

from contracts import metrics
from discord_bot.data.guilds import Guilds
from discord_bot.data.ledger import Entry, Ledger
from discord_bot.sending.discord_side import DiscordSide
from discord_bot.sending.errors import Away, ChannelRefused, DiscordError
from discord_bot.sending.sender import Sender
from discord_bot.sending.verdict import Found, found_by
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

INTERVAL_SECONDS = 20.0
OLD_SECONDS = 30.0  # in which a message that is on its way arrives; discord.py tries for about that long

log = structlog.get_logger()


class Recovery:
    """Looks for open intents at the start and then every 20 s."""

    def __init__(self, *, side: DiscordSide, ledger: Ledger, guilds: Guilds, sender: Sender) -> None:
        self._side, self._ledger, self._guilds, self._sender = side, ledger, guilds, sender

    async def run(self) -> None:
        """Recover until cancelled."""
        older_seconds = 0.0  # at the start nothing is on its way
        while True:
            try:
                await self.recover(await self._ledger.open_intents(older_seconds))
                older_seconds = OLD_SECONDS
            except PostgresAwayError as error:
                log.warning("open intents wait for Postgres", reason=str(error))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def recover(self, entries: Sequence[Entry]) -> None:
        """Give each an outcome, or queue it again."""
        for entry in entries:
            if self._sender.is_pending(entry.intent):
                continue
            try:
                await self._recover(entry)
            except Away as error:
                log.warning("Discord does not answer, open intents wait", reason=str(error))
                return

    async def _recover(self, entry: Entry) -> None:
        found, message_id = await self._find(entry)
        measure(metrics.DISCORD_RECOVERED).labels(found=found).inc()
        log.info("an open intent", kind=entry.intent.kind, guild_id=entry.intent.guild_id, found=found)
        if found == "missing":
            self._sender.put([entry.intent])
        else:
            await self._ledger.settle(entry.intent, found, "found" if message_id else "not to be found", message_id)

    async def _find(self, entry: Entry) -> tuple[Found, int | None]:
        """Return what became of it, and the message's id if it was sent. Raises `Away`."""
        intent = entry.intent
        await self._sender.turn()
        try:
            searched = await self._side.search(intent.text_channel_id)
        except Away:
            raise
        except ChannelRefused as error:
            if error.reason != "no_permission":  # it may be that only its history is closed to us
                await self._guilds.pause(intent.guild_id, intent.text_channel_id, error.reason)
            return "unknown", None
        except DiscordError as error:
            log.warning("a text channel cannot be searched", reason=str(error))
            return "unknown", None
        return found_by(searched, intent.nonce, entry.intended_at), searched.own.get(intent.nonce)
