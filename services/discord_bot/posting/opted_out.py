"""Deletes from Discord what stands there of streamers who have opted out, and forgets whom that concerned."""

from discord_bot.data.follows import Follows
from discord_bot.data.ledger import Ledger, Posted
from discord_bot.data.streams import Streams
from discord_bot.posting.changes import Changes
from discord_bot.sending.sender import Sender


class OptedOut:
    """Safe to repeat."""

    def __init__(self, *, ledger: Ledger, follows: Follows, streams: Streams) -> None:
        self._ledger, self._follows, self._streams = ledger, follows, streams
        self._changes = Changes()

    async def clear(self, sender: Sender) -> None:
        """Delete messages, each with its row, and who is followed; many messages go on being deleted afterwards."""
        for posted in await self._ledger.of_opted_out():
            if not self._changes.is_going_on(posted):
                self._changes.begin(posted, self._forget(posted, sender))
        await self._changes.settle()
        await self._streams.forget_opted_out()
        await self._follows.forget_opted_out()

    async def _forget(self, posted: Posted, sender: Sender) -> None:
        if await sender.delete(posted):
            await self._ledger.forget_one(posted)

    def close(self) -> None:
        """End what is going on."""
        self._changes.cancel()
