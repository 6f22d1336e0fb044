"""Finds out what became of intents without an outcome: the bot was killed, or Discord did not answer.

Our message is looked for among the last ones of its text channel. Where these may not be read, or do not reach back far
enough, it is not sent again and counts as unknown.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import structlog

from contracts import metrics
from discord_bot.data.ledger import Entry, Ledger
from discord_bot.sending.discord_side import DiscordSide, Searched
from discord_bot.sending.errors import Away, ChannelRefused, DiscordError, TokenRefused
from discord_bot.sending.sender import Sender
from discord_bot.sending.verdict import found_by
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

AT_ONCE = 16  # text channels searched

log = structlog.get_logger()


class Recovery:
    """Looks for open intents at the start, and then for those that are older than an answer of Discord's may take."""

    def __init__(self, *, side: DiscordSide, ledger: Ledger, sender: Sender, answer_seconds: float) -> None:
        self._side, self._ledger, self._sender = side, ledger, sender
        self._answer_seconds = answer_seconds

    async def run(self) -> None:
        """Recover until cancelled."""
        older_seconds = 0.0  # at the start nothing is on its way
        while True:
            try:
                await self.recover(await self._ledger.open_intents(older_seconds))
                older_seconds = self._answer_seconds
            except PostgresAwayError as error:
                log.warning("open intents wait for Postgres", reason=str(error))
            await asyncio.sleep(self._answer_seconds * 2 / 3)

    async def recover(self, entries: Sequence[Entry]) -> None:
        """Give each an outcome, or queue it again; a text channel is searched once for all of its intents."""
        by_channel: defaultdict[int, list[Entry]] = defaultdict(list)
        for entry in entries:
            if not self._sender.is_pending(entry.intent):
                by_channel[entry.intent.text_channel_id].append(entry)
        places = asyncio.Semaphore(AT_ONCE)

        async def recover(text_channel_id: int, found: Sequence[Entry]) -> None:
            async with places:
                await self._recover(text_channel_id, found)

        await asyncio.gather(*(recover(*each) for each in by_channel.items()))

    async def _recover(self, text_channel_id: int, entries: Sequence[Entry]) -> None:
        await self._sender.turn()
        searched = None
        try:
            searched = await self._side.search(entries[0].intent.guild_id, text_channel_id)
        except (Away, TokenRefused) as error:
            log.warning("Discord does not answer, open intents wait", reason=str(error))
            return
        except ChannelRefused as error:
            if error.reason != "no_permission":  # it may be that only its history is closed to us
                await self._sender.pause(entries[0].intent.guild_id, text_channel_id, error)
            if error.is_for_good:
                await self._refuse(entries, error.reason)
                return
        except DiscordError as error:
            log.warning("a text channel cannot be searched", reason=str(error))
        for entry in entries:
            await self._conclude(entry, searched)

    async def _conclude(self, entry: Entry, searched: Searched | None) -> None:
        """Give an intent an outcome, or queue it again. `searched`: None where the messages may not be read."""
        intent, found, message_id = entry.intent, "unknown", None
        if searched is not None:
            found, message_id = found_by(searched, intent.nonce, entry.intended_at), searched.own.get(intent.nonce)
        measure(metrics.DISCORD_RECOVERED).labels(found=found).inc()
        log.info("an open intent", kind=intent.kind, guild_id=intent.guild_id, found=found)
        if found == "missing":
            self._sender.put([intent])
        else:
            await self._ledger.settle(intent, "sent" if found == "sent" else "unknown", "searched", message_id)

    async def _refuse(self, entries: Sequence[Entry], reason: str) -> None:
        """Settle what nobody can see, whether it was sent or not."""
        for entry in entries:
            measure(metrics.DISCORD_RECOVERED).labels(found="gone").inc()
            await self._ledger.settle(entry.intent, "refused", reason)
