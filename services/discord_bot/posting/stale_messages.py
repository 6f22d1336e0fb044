"""Makes messages anew that name a moment which was hidden since, and takes away those of which nothing is left."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog

from discord_bot.data.ledger import Ledger, Stale
from discord_bot.rules.announcing import Intent, Kind
from discord_bot.sending.sender import Sender
from discord_bot.sending.verdict import Built, Verdict
from service_runtime.postgres import PostgresAwayError

INTERVAL_SECONDS = 5.0
MOST = 100  # looked at together
Again = Callable[[Intent, int], Awaitable[Verdict]]

log = structlog.get_logger()


class StaleMessages:
    """`again`: makes a message of each kind as it is now, with the number of its version."""

    def __init__(self, ledger: Ledger, again: Mapping[Kind, Again]) -> None:
        self._ledger, self._again = ledger, again

    async def run(self, sender: Sender) -> None:
        """Make anew what is stale until cancelled."""
        while True:
            try:
                await self.renew(sender)
            except PostgresAwayError as error:
                log.warning("stale messages wait for Postgres", reason=str(error))
            await asyncio.sleep(INTERVAL_SECONDS)

    async def renew(self, sender: Sender) -> None:
        """Edit or delete what is stale now; what Discord does not take stays stale."""
        for each in await self._ledger.stale(MOST):
            if await self._renewed(each, sender):
                await self._ledger.note_fresh(each.posted)

    async def _renewed(self, stale: Stale, sender: Sender) -> bool:
        version = stale.shown_version + 1
        built = await self._again[stale.intent.kind](stale.intent, version)
        if isinstance(built, Built):
            return await sender.edit(stale.posted, built.message, version)
        return await sender.delete(stale.posted)
