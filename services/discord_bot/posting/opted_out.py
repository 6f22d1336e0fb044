"""Deletes from Discord what stands there of streamers who have opted out, and forgets whom that concerned."""

from discord_bot.data.follows import Follows
from discord_bot.data.ledger import Ledger
from discord_bot.data.streams import Streams
from discord_bot.sending.sender import Sender


class OptedOut:
    """Safe to repeat."""

    def __init__(self, *, ledger: Ledger, follows: Follows, streams: Streams) -> None:
        self._ledger, self._follows, self._streams = ledger, follows, streams

    async def clear(self, sender: Sender) -> None:
        """Delete messages, and then the rows."""
        for posted in await self._ledger.of_opted_out():
            if await sender.delete(posted):
                await self._ledger.forget_one(posted)
        await self._streams.forget_opted_out()
        await self._follows.forget_opted_out()
